import type { MetricName } from '../../bench/model/metric.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { CompletedSlice, InvalidSlice, Slice } from '../../bench/model/slice.ts';
import type { TimelinePoint } from '../report-model.ts';

/** Every slice, invalid and failed ones too, in the order of measurement. */
export function timeline(plan: Plan, slices: readonly Slice[]): readonly TimelinePoint[] {
  const shown = new Map(plan.profiles.map(({ name, declaredMetric }) => [name, declaredMetric]));
  return slices.map((slice, index): TimelinePoint => {
    const { server, path, role, profile, status, round, block, startedAt } = slice;
    const metric: MetricName = shown.get(profile) ?? 'throughput_rps';
    const value = slice.status === 'failed' ? undefined : sliceValue(slice, metric);
    return {
      case: { server, path, role, profile },
      status,
      round,
      block,
      order: index + 1,
      startedAt,
      ...(value === undefined ? {} : { value }),
      metric,
    };
  });
}

/** One slice's value on a metric: to be looked at. What is compared are totals of a round. */
export function sliceValue(
  { servedRequests, wallSeconds, latency, cpu }: CompletedSlice | InvalidSlice,
  metric: MetricName,
): number | undefined {
  const perRequest = (seconds: number | undefined) =>
    seconds === undefined || cpu.requests === 0 ? undefined : (seconds / cpu.requests) * 1e6;
  const serverSide =
    cpu.serverSeconds === undefined ? undefined : cpu.serverSeconds + (cpu.proxySeconds ?? 0);
  const values: Record<MetricName, number | undefined> = {
    throughput_rps: servedRequests / wallSeconds,
    latency_p50_us: latency?.p50Us,
    latency_p90_us: latency?.p90Us,
    cpu_server_us: perRequest(serverSide),
    cpu_agent_us: perRequest(cpu.agentSeconds),
    cpu_total_us: perRequest(serverSide === undefined ? undefined : serverSide + cpu.agentSeconds),
  };
  return values[metric];
}
