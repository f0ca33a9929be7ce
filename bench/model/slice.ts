import * as z from 'zod';
import { caseSchema } from './case.ts';
import { latencySchema } from './latency.ts';

const seconds = z.number().nonnegative();
const count = z.int().nonnegative();

/** What went wrong inside a slice. Any of these makes the slice invalid (bench/docs/method.md, section 1). */
export const faultsSchema = z.strictObject({
  errors: count.describe('Connection errors: refused, reset, unreachable.'),
  timeouts: count,
  non2xx: count,
  mismatches: count.describe(
    'Answers with a body of another length than expected, answers that nobody asked for, and bytes that are no HTTP.',
  ),
  lostOnReconnect: count.describe('Requests whose connection closed before they were answered.'),
});
export type Faults = z.infer<typeof faultsSchema>;

/**
 * CPU time spent while a slice's load was on (ramp included), in seconds.
 * A figure that the machine does not give is left out: a missing value is never 0.
 */
export const cpuSchema = z.strictObject({
  windowSeconds: seconds.describe('Wall time under load.'),
  requests: count.describe('All responses under load: the divisor for CPU per request.'),
  machineBusySeconds: seconds.describe('/proc/stat, all CPUs, idle and iowait subtracted, steal excluded.'),
  userSeconds: seconds,
  systemSeconds: seconds,
  softirqSeconds: seconds,
  stealSeconds: seconds,
  serverSeconds: seconds.optional().describe("Server container's cgroup."),
  agentSeconds: seconds.optional().describe("Load agent's process; its cgroup in older folders."),
  proxySeconds: seconds.optional().describe("This deployment's docker-proxy processes."),
  throttledSeconds: seconds.optional().describe('Time that the cgroups of server or agent were throttled.'),
  memoryStallSeconds: seconds.optional().describe('/proc/pressure/memory, some.'),
});
export type Cpu = z.infer<typeof cpuSchema>;

/** Path counters over a slice: what grew on the way that the packets took. */
export const countersSchema = z.strictObject({
  connections: count.describe('Connections that the agent opened.'),
  dnatPackets: count.optional().describe("Growth of the published port's DNAT rule: one a connection."),
  bridgePackets: count
    .optional()
    .describe("Growth of the counters of the server's own interfaces but lo, both directions."),
  bridgeDevicePackets: count
    .optional()
    .describe("Growth of the counters of the host's own end of the server's bridge, both directions."),
  linkPackets: count.optional().describe("Growth of the vantage link's counters, both directions."),
});
export type Counters = z.infer<typeof countersSchema>;

/**
 * What a paced client says about its own sending. Only paced load has it: a closed loop offers
 * what is answered.
 */
export const pacingSchema = z.strictObject({
  offeredPerSecond: z.number().positive().describe('Requests/s that the schedule intended in the window.'),
  sentPerSecond: seconds.describe('Requests/s that were sent in the window.'),
  sendLagP50Us: seconds.describe('Median of actual less intended send time.'),
  sendLagP99Us: seconds.describe('p99 of it.'),
});

/** When a slice does not count, by name (bench/docs/method.md, section 1; `validity-rules.ts` has the limits). */
export const validityRules = [
  'no-responses',
  'faults',
  'littles-law',
  'path-evidence',
  'cpu-steal',
  'cpu-throttled',
  'memory-stall',
  'offered-rate',
  'send-lag',
] as const;
export type ValidityRule = (typeof validityRules)[number];

export function isValidityRule(name: string): name is ValidityRule {
  return validityRules.some((rule) => rule === name);
}

export const ruleFiguresSchema = z
  .partialRecord(z.enum(validityRules), z.number())
  .describe('What each rule of validity looked at. A figure that could not be read is absent.');
export type RuleFigures = z.infer<typeof ruleFiguresSchema>;

export const measuredSchema = z.strictObject({
  requests: count.describe('Responses that arrived inside the measured window.'),
  servedRequests: z
    .number()
    .nonnegative()
    .optional()
    .describe(
      'Requests by the part of their latency that lies inside the window. Absent in folders from before it was recorded.',
    ),
  bytes: count.describe('Bytes of these responses, heads included.'),
  wallSeconds: z
    .number()
    .positive()
    .describe(
      'Length of the measured window by the monotonic clock; of all windows together, where there are turns.',
    ),
  turns: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Windows, taking turns with those of the cases beside it. Absent where the slice is one window.',
    ),
  turnRates: z
    .array(z.number().nonnegative())
    .optional()
    .describe(
      'Of each of these windows, in order: served requests per second. The n-th windows of the slices of a block are of the same cycle. Absent where the profile declares another metric, and in folders from before it was recorded.',
    ),
  rampSeconds: seconds.describe('Time under load outside the window: it is discarded.'),
  edgeSeconds: seconds.describe(
    'Part of the counted latencies that lies before the window: of requests on their way when it opened.',
  ),
  pendingSeconds: seconds
    .optional()
    .describe(
      'Part, inside the window, of requests on their way when it closed. Absent in folders from before it was recorded.',
    ),
  connections: z.int().min(1),
  agentCoreShare: z
    .number()
    .nonnegative()
    .describe("Agent process's CPU time in the window over the window: 1 is a whole core."),
  faults: faultsSchema,
  latency: latencySchema.optional().describe('Absent when no response arrived.'),
  cpu: cpuSchema.optional(),
  counters: countersSchema.optional(),
  pacing: pacingSchema.optional().describe('Paced load only.'),
  figures: ruleFiguresSchema.optional().describe('Absent in folders from before it was recorded.'),
  marks: z.array(z.enum(['client-bound'])).describe('What to know about a slice that still counts.'),
});
export type Measured = z.infer<typeof measuredSchema>;

/** A rule that a slice broke: the message holds figure and limit, and `figures` has the figure of every rule. */
export const invalidReasonSchema = z.strictObject({
  rule: z.enum(validityRules),
  message: z.string(),
});
export type InvalidReason = z.infer<typeof invalidReasonSchema>;

const headSchema = caseSchema.extend({
  round: z.int().min(1),
  block: z.int().min(1).describe('Within a block every case is measured once.'),
  position: z
    .int()
    .min(1)
    .describe('Place in the block, which is in seeded random order, compared cases side by side.'),
  cpusExchanged: z
    .literal(true)
    .optional()
    .describe("Servers and load agents ran on each other's CPUs; absent where each ran on its own."),
  startedAt: z.iso.datetime(),
});
export type SliceHead = z.infer<typeof headSchema>;

/** One line of slices.ndjson: one short measured window of one case inside a round. */
export const sliceSchema = z.discriminatedUnion('status', [
  headSchema.extend({ status: z.literal('completed'), ...measuredSchema.shape, latency: latencySchema }),
  headSchema.extend({
    status: z.literal('invalid'),
    ...measuredSchema.shape,
    reasons: z.array(invalidReasonSchema).min(1),
  }),
  headSchema.extend({
    status: z.literal('failed'),
    error: z.strictObject({ message: z.string(), hint: z.string().optional() }),
  }),
]);
export type Slice = z.infer<typeof sliceSchema>;
export type CompletedSlice = Extract<Slice, { status: 'completed' }>;
export type InvalidSlice = Extract<Slice, { status: 'invalid' }>;
