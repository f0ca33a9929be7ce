import * as z from 'zod';

export const metricNames = [
  'throughput',
  'latency-p50',
  'latency-p90',
  'latency-p99',
  'latency-p99.9',
  'latency-mean',
  'cpu-per-request',
] as const;

export const metricNameSchema = z.enum(metricNames);
export type MetricName = z.infer<typeof metricNameSchema>;

export interface Metric {
  readonly name: MetricName;
  /** What a reader sees, e.g. in a column's head. */
  readonly label: string;
  /** Base unit of every stored value. Scaled only when printed. */
  readonly unit: 'requests/s' | 's';
  readonly better: 'higher' | 'lower';
  /** Relevance margin: a relative change smaller than this is of no interest (bench/docs/method.md, section 1). */
  readonly margin: number;
  /** Fewest responses in a round's pooled histogram for the metric to be shown at all. */
  readonly minResponses: number;
}

export const metrics = {
  throughput: { label: 'throughput', unit: 'requests/s', better: 'higher', margin: 0.02, minResponses: 1 },
  'latency-p50': { label: 'median latency', unit: 's', better: 'lower', margin: 0.02, minResponses: 1 },
  'latency-p90': { label: 'p90 latency', unit: 's', better: 'lower', margin: 0.05, minResponses: 1_000 },
  'latency-p99': { label: 'p99 latency', unit: 's', better: 'lower', margin: 0.1, minResponses: 10_000 },
  'latency-p99.9': { label: 'p99.9 latency', unit: 's', better: 'lower', margin: 0.1, minResponses: 100_000 },
  'latency-mean': { label: 'mean latency', unit: 's', better: 'lower', margin: 0.02, minResponses: 1 },
  'cpu-per-request': { label: 'CPU per request', unit: 's', better: 'lower', margin: 0.03, minResponses: 1 },
} as const satisfies Record<MetricName, Omit<Metric, 'name'>>;

export function metric(name: MetricName): Metric {
  return { name, ...metrics[name] };
}
