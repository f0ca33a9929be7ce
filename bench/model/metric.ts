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
  'connection_p50_us',
  'connect_p50_us',
  'handshake_p50_us',
  'first_byte_p50_us',
  'cpu_server_us_mb',
  'cpu_agent_us_mb',
  'cpu_total_us_mb',
  'transfer_mb_s',
] as const;

export const metricNameSchema = z
  .enum(metricNames)
  .describe(
    'What is compared. latency_p50_us, latency_p90_us, latency_p99_us, latency_p999_us: µs that half, 90 %, 99 % and 99.9 % of the requests took at most. cpu_server_us: CPU time of ' +
      'server and docker-proxy, µs a request. cpu_agent_us: that of the load agent. cpu_total_us: both. throughput_rps: requests/s. ' +
      'connection_p50_us, connect_p50_us, first_byte_p50_us: median µs from the begin of a connection to the end of its answer, to the ' +
      'established TCP connection, and to the first byte of the answer. handshake_p50_us: median µs of the TLS handshake between. cpu_server_us_mb, cpu_agent_us_mb, cpu_total_us_mb: CPU time as above, ' +
      'µs a megabyte (1,000,000 bytes) of bodies. transfer_mb_s: megabytes/s.',
  );
export type MetricName = z.infer<typeof metricNameSchema>;

/** Microseconds, requests a second, or megabytes (1,000,000 bytes) a second. */
export type MetricUnit = 'us' | 'rps' | 'mbs';

export interface Metric {
  readonly name: MetricName;
  /** The label that a reader sees, e.g. in a column's head. */
  readonly label: string;
  /** Head of its column, where the usual one of its kind would mislead: `one connection`. */
  readonly head?: string;
  /** What a latency is added to, or CPU time is spent on, in a sentence. A request, where absent. */
  readonly per?: string;
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
  connection_p50_us: {
    label: 'median time of a connection',
    head: 'one connection',
    per: 'connection',
    quantity: 'median time of a connection with its request',
    kind: 'latency',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  connect_p50_us: {
    label: 'median time to connect',
    per: 'connection',
    quantity: 'median time to connect',
    kind: 'latency',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  handshake_p50_us: {
    label: 'median time of the TLS handshake',
    per: 'connection',
    quantity: 'median time of the TLS handshake',
    kind: 'latency',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  first_byte_p50_us: {
    label: 'median time to first byte',
    per: 'connection',
    quantity: 'median time to the first byte',
    kind: 'latency',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  cpu_server_us_mb: {
    label: "server's CPU a MB",
    head: 'CPU a MB',
    per: 'MB',
    quantity: 'CPU a MB',
    kind: 'cpu',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  cpu_agent_us_mb: {
    label: "load generator's CPU a MB",
    per: 'MB',
    quantity: "load generator's CPU a MB",
    kind: 'cpu',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  cpu_total_us_mb: {
    label: 'CPU a MB in all',
    per: 'MB',
    quantity: 'CPU a MB, the load generator included',
    kind: 'cpu',
    unit: 'us',
    better: 'lower',
    usualMargin: 0.02,
    minResponses: 1,
  },
  transfer_mb_s: {
    label: 'transferred',
    quantity: 'transfer rate',
    kind: 'capacity',
    unit: 'mbs',
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
