import * as z from 'zod';

/** The ids of all data files: what is measured, and in which unit. */
export const metricNames = [
  'latency_p50_us',
  'latency_p90_us',
  'latency_p99_us',
  'latency_p999_us',
  'cpu_server_us',
  'cpu_agent_us',
  'cpu_total_us',
  'throughput_rps',
] as const;

export const metricNameSchema = z
  .enum(metricNames)
  .describe(
    'What is compared. latency_p50_us, latency_p90_us, latency_p99_us, latency_p999_us: µs that half, 90 %, 99 % and 99.9 % of the requests took at most. cpu_server_us: CPU time of ' +
      'server and docker-proxy, µs a request. cpu_agent_us: that of the load agent. cpu_total_us: both. throughput_rps: requests/s.',
  );
export type MetricName = z.infer<typeof metricNameSchema>;

/** Microseconds, or requests a second. */
export type MetricUnit = 'us' | 'rps';

export interface Metric {
  readonly name: MetricName;
  /** The label that a reader sees, e.g. in a column's head. */
  readonly label: string;
  /** The metric's name after a possessive, in a sentence: `nginx's CPU a request`. */
  readonly quantity: string;
  /** The kind of wording for a change: a latency is added, slow requests get slower, CPU time is spent, capacity is lost. */
  readonly kind: 'latency' | 'tail' | 'cpu' | 'capacity';
  /** Unit of every value, stored or computed. Values are scaled only when they are printed. */
  readonly unit: MetricUnit;
  readonly better: 'higher' | 'lower';
  /**
   * Relevance margin δ where the plan gives no other: a relative change that is smaller is of no interest
   * (bench/docs/method.md, section 1). `marginOf` is the margin of a comparison.
   */
  readonly usualMargin: number;
  /** Fewest responses in a round for the metric to be shown. */
  readonly minResponses: number;
}

export const metrics = {
  latency_p50_us: {
    label: 'median latency',
    quantity: 'median latency',
    kind: 'latency',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  latency_p90_us: {
    label: 'p90 latency',
    quantity: 'p90 latency',
    kind: 'latency',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.05,
    minResponses: 1_000,
  },
  latency_p99_us: {
    label: 'p99 latency',
    quantity: 'p99 latency',
    kind: 'tail',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.1,
    minResponses: 5_000,
  },
  latency_p999_us: {
    label: 'p99.9 latency',
    quantity: 'p99.9 latency',
    kind: 'tail',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.1,
    minResponses: 50_000,
  },
  cpu_server_us: {
    label: "server's CPU a request",
    quantity: 'CPU a request',
    kind: 'cpu',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  cpu_agent_us: {
    label: "load generator's CPU a request",
    quantity: "load generator's CPU a request",
    kind: 'cpu',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  cpu_total_us: {
    label: 'CPU a request in all',
    quantity: 'CPU a request, the load generator included',
    kind: 'cpu',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  throughput_rps: {
    label: 'capacity',
    quantity: 'capacity',
    kind: 'capacity',
    unit: 'rps',
    better: 'higher',
    usualMargin: 0.02,
    minResponses: 1,
  },
} as const satisfies Record<MetricName, Omit<Metric, 'name'>>;

export function metric(name: MetricName): Metric {
  return { name, ...metrics[name] };
}

/** The relevance margin of a comparison: the plan's own where it gives one for the metric, else the usual one. */
export function marginOf({
  metric: name,
  margin,
}: {
  readonly metric: MetricName;
  readonly margin?: number | undefined;
}): number {
  return margin ?? metrics[name].usualMargin;
}
