import type { MetricName } from '../../bench/model/metric.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { Slice } from '../../bench/model/slice.ts';
import type { TimelinePoint } from '../report-model.ts';
import { isPooled, sliceValue } from './metric-values.ts';

/** Every slice, invalid and failed ones too, in the order of measurement. */
export function timeline(plan: Plan, slices: readonly Slice[]): readonly TimelinePoint[] {
  const shown = new Map(plan.profiles.map(({ name, primaryMetric }) => [name, primaryMetric]));
  return slices.map((slice, index): TimelinePoint => {
    const { server, path, role, profile, status, round, block, startedAt } = slice;
    const metric: MetricName = shown.get(profile) ?? 'throughput';
    const value = slice.status === 'failed' || isPooled(metric) ? undefined : sliceValue(slice, metric);
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
