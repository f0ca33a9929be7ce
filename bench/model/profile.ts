import * as z from 'zod';
import { type MetricName, metricNameSchema } from './metric.ts';

/** In the order in which a report answers them. */
export const profileNames = ['latency', 'steady', 'throughput', 'paced', 'churn', 'bulk'] as const;
export type ProfileName = (typeof profileNames)[number];

export const profileNameSchema = z
  .enum(profileNames)
  .describe(
    'The load. latency: 1 connection, one request after the other. steady: 32 connections at one rate on all paths of a ' +
      'server. throughput: 32 connections, each with its next request as soon as the last one is answered. paced: requests at ' +
      'one rate that fall due at random moments, and whose latency counts from there. churn: 1 ' +
      'request at a time, each on a new connection. bulk: 32 connections with large bodies.',
  );

export const bulkDirections = ['down', 'up'] as const;

const bulkSchema = z.strictObject({
  bytes: z.int().min(1).describe('Length of each body.'),
  direction: z.enum(bulkDirections).describe('down: the server sends it. up: the load generator sends it.'),
});
export type Bulk = z.infer<typeof bulkSchema>;

/** Where bench's own servers have large bodies, and take them (runtime/image/serve.sh). */
export const bulkPlaces: Readonly<
  Record<Bulk['direction'], { readonly path: string; readonly answerBytes?: number }>
> = {
  down: { path: '/bulk' },
  up: { path: '/upload', answerBytes: 5 },
};

/** How load is applied. */
export const loadProfileSchema = z.strictObject({
  name: profileNameSchema,
  connections: z.int().min(1).describe('Concurrent connections.'),
  load: z
    .enum(['closed', 'paced', 'open', 'churn', 'bulk'])
    .describe(
      'closed: each connection sends its next request when the last one is answered. paced: requests are sent at a ' +
        'rate that is the same on every path of a server, whether or not the last one is answered. open: so are they, and a ' +
        'latency counts from the moment at which its request was due, also where every connection was busy then. churn: as closed, ' +
        'with a new connection for each request. bulk: as closed, with large bodies.',
    ),
  bulk: bulkSchema.optional().describe('Bodies of the bulk profile. Absent of others.'),
  handshake: z
    .literal(true)
    .optional()
    .describe('Each request begins with a TLS handshake: new connections over TLS. Absent: none does.'),
  sliceFactor: z
    .number()
    .positive()
    .describe(
      'A factor: a slice of this profile measures that many times as long as the plan says for a slice. That of an open load ' +
        'is as long as its quantile needs at its rate.',
    ),
  rampFactor: z
    .number()
    .positive()
    .describe(
      'A factor: the ramp of this profile lasts that many times as long as the plan says for a ramp.',
    ),
  leastSliceSeconds: z
    .number()
    .nonnegative()
    .optional()
    .describe('A slice of this profile measures at least so long. Absent: no limit.'),
  leastRampSeconds: z
    .number()
    .nonnegative()
    .optional()
    .describe('The ramp of this profile lasts at least so long. Absent: no limit.'),
  declaredMetric: metricNameSchema.describe(
    'The metric named before the run. It gets a verdict, corrected for the number of declared comparisons.',
  ),
});
export type LoadProfile = z.infer<typeof loadProfileSchema>;

/** How long a slice of a profile measures, where a plan's slices last `sliceSeconds`; seconds. */
export function sliceSecondsOf(
  { sliceSeconds }: { readonly sliceSeconds: number },
  { sliceFactor, leastSliceSeconds = 0 }: Pick<LoadProfile, 'sliceFactor' | 'leastSliceSeconds'>,
): number {
  return Math.max(leastSliceSeconds, sliceSeconds * sliceFactor);
}

/** How long load is applied before a slice of a profile, where a plan's ramps last `rampSeconds`; seconds. */
export function rampSecondsOf(
  { rampSeconds }: { readonly rampSeconds: number },
  { rampFactor, leastRampSeconds = 0 }: Pick<LoadProfile, 'rampFactor' | 'leastRampSeconds'>,
): number {
  return Math.max(leastRampSeconds, rampSeconds * rampFactor);
}

/**
 * The questions of a run (bench/docs/method.md, section 1): how long a request takes, what it costs, how many
 * requests are possible, and how long the slow ones take. CPU a request differs more from slice to slice than the metrics of the
 * other two profiles. Its slices are therefore longer. A saturated server needs the longest ramp: Apache that
 * has rested for seconds is slower for its next 80 ms, and not equally slower in every network mode.
 */
export const loadProfiles = {
  latency: {
    name: 'latency',
    connections: 1,
    load: 'closed',
    sliceFactor: 1,
    rampFactor: 1,
    declaredMetric: 'latency_p50_us',
  },
  steady: {
    name: 'steady',
    connections: 32,
    load: 'paced',
    sliceFactor: 2,
    rampFactor: 1,
    declaredMetric: 'cpu_server_us',
  },
  throughput: {
    name: 'throughput',
    connections: 32,
    load: 'closed',
    sliceFactor: 1,
    rampFactor: 4,
    declaredMetric: 'throughput_rps',
  },
  paced: {
    name: 'paced',
    connections: 64,
    load: 'open',
    sliceFactor: 1,
    rampFactor: 1,
    declaredMetric: 'latency_p99_us',
  },
  churn: {
    name: 'churn',
    connections: 1,
    load: 'churn',
    sliceFactor: 2,
    rampFactor: 2,
    declaredMetric: 'connection_p50_us',
  },
  // A plan makes its slices as long as its bodies need (bench/plan/bulk.ts).
  bulk: {
    name: 'bulk',
    connections: 32,
    load: 'bulk',
    bulk: { bytes: 2 ** 20, direction: 'down' },
    sliceFactor: 1,
    rampFactor: 1,
    declaredMetric: 'cpu_server_us_mb',
  },
} as const satisfies Record<ProfileName, LoadProfile>;

const cpu = ['cpu_server_us', 'cpu_agent_us', 'cpu_total_us'] as const satisfies readonly MetricName[];

/**
 * The metrics that are shown for each profile, the declared one first. Many connections on a saturated
 * processor wait for each other. A latency there is the number of connections over the rate and says nothing
 * new.
 */
export const profileMetrics = {
  latency: ['latency_p50_us', 'latency_p90_us', ...cpu],
  steady: cpu,
  throughput: ['throughput_rps', ...cpu],
  paced: ['latency_p99_us', 'latency_p999_us', 'latency_p90_us', 'latency_p50_us'],
  bulk: ['cpu_server_us_mb', 'cpu_agent_us_mb', 'cpu_total_us_mb', 'transfer_mb_s'],
  churn: ['connection_p50_us', 'connect_p50_us', 'handshake_p50_us', 'first_byte_p50_us', ...cpu],
} as const satisfies Record<ProfileName, readonly MetricName[]>;

/**
 * The metrics that are shown for a profile of a plan, the declared one first. p99.9 takes ten times as long as p99: it
 * is shown where it was asked for, and the TLS handshake where there is one.
 */
export function metricsOf({ name, declaredMetric, handshake }: LoadProfile): readonly MetricName[] {
  const shown = profileMetrics[name].filter(
    (it) =>
      it !== 'latency_p999_us' && it !== declaredMetric && (it !== 'handshake_p50_us' || handshake === true),
  );
  return [declaredMetric, ...shown];
}
