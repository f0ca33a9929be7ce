import { assertNever } from '../../bench/model/assert-never.ts';
import type { MetricName } from '../../bench/model/metric.ts';
import type { CompletedSlice, InvalidSlice } from '../../bench/model/slice.ts';

/** Metrics that one slice gives by itself. */
export type SliceMetric = Exclude<MetricName, PooledMetric>;
/** Far quantiles: one slice has too few responses for them, so a round's slices are pooled. */
export type PooledMetric = keyof typeof pooledQuantiles;

export const pooledQuantiles = { 'latency-p99': 0.99, 'latency-p99.9': 0.999 } as const;

export const sliceMetrics = [
  'throughput',
  'latency-p50',
  'latency-p90',
  'latency-mean',
  'cpu-per-request',
] as const satisfies readonly SliceMetric[];

export function isPooled(metric: MetricName): metric is PooledMetric {
  return metric in pooledQuantiles;
}

/**
 * One slice's value in the metric's base unit; `undefined` where the slice does not give it.
 * - throughput: requests served in the window, those at its edges by their part inside it (responses counted in it,
 *   in folders from before that was recorded) / the window by the agent's monotonic clock;
 * - latency: the slice's own quantile or mean, from nanoseconds;
 * - CPU per request: busy time of the whole machine while the slice's load was on / all responses in that time. Machine-
 *   wide, because bridge work is done outside the container's cgroup (bench/docs/method.md, section 1).
 */
export function sliceValue(slice: CompletedSlice | InvalidSlice, metric: SliceMetric): number | undefined {
  const { latency, cpu } = slice;
  switch (metric) {
    case 'throughput':
      return positive((slice.servedRequests ?? slice.requests) / slice.wallSeconds);
    case 'latency-p50':
      return latency && latency.p50Us / 1e6;
    case 'latency-p90':
      return latency && latency.p90Us / 1e6;
    case 'latency-mean':
      return latency && latency.meanUs / 1e6;
    case 'cpu-per-request':
      return cpu && positive(cpu.machineBusySeconds / cpu.requests);
    default:
      return assertNever(metric);
  }
}

/** Only a positive finite number has a logarithm: a slice without a single tick of CPU time gives no value. */
function positive(value: number): number | undefined {
  return value > 0 && Number.isFinite(value) ? value : undefined;
}
