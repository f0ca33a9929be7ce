import * as z from 'zod';
import { caseSchema } from './case.ts';
import { latencySchema } from './latency.ts';

const seconds = z.number().nonnegative();
const count = z.int().nonnegative();

/** What went wrong inside a slice. Any of these makes the slice invalid (bench/docs/method.md, section 2). */
export const faultsSchema = z.strictObject({
  errors: count.describe('Connection errors: refused, reset, unreachable.'),
  timeouts: count,
  non2xx: count,
  mismatches: count.describe(
    'Answers whose body has an unexpected length, answers without a request, and bytes that are not HTTP.',
  ),
  lostOnReconnect: count.describe('Requests whose connection closed before they were answered.'),
});
export type Faults = z.infer<typeof faultsSchema>;

/**
 * CPU time spent under a slice's load, ramp included, in seconds. A slice that takes turns has load in its own turns only.
 * A figure that the machine does not give is left out: a missing value is never 0.
 */
export const cpuSchema = z.strictObject({
  loadSeconds: seconds.describe('Wall time under load.'),
  requests: count.describe('All responses under load: the divisor for CPU a request.'),
  serverSeconds: seconds
    .optional()
    .describe("CPU time of the server's cgroup, or of its processes if it is in no container."),
  proxySeconds: seconds
    .optional()
    .describe("CPU time of docker-proxy's processes for this deployment's port."),
  agentSeconds: seconds.describe("CPU time of the load agent's process."),
  softirqSeconds: seconds
    .optional()
    .describe(
      'Softirq time of the whole machine, by ticks: an estimate of the network processing in the other figures.',
    ),
  serverCpuBusySeconds: seconds
    .optional()
    .describe(
      'Busy time of the CPU that the server is pinned to, by any process. Absent if CPUs are shared.',
    ),
  agentCpuBusySeconds: seconds
    .optional()
    .describe('Busy time of the CPU that the load agent is pinned to, by any process.'),
  busyClock: z
    .enum(['ns', 'ticks'])
    .optional()
    .describe(
      'Source of the two busy times: the nanoseconds of the root cgroup, or the ticks of 10 ms of /proc/stat, which are ' +
        'right on average over a round.',
    ),
});
export type Cpu = z.infer<typeof cpuSchema>;

/**
 * The whole machine, from the reading before a slice to the one after it, in seconds. Slices that take turns
 * share one pair of readings. These figures are then the block's.
 */
export const machineSchema = z.strictObject({
  wallSeconds: seconds,
  cpus: z.int().min(1),
  busySeconds: seconds.describe('From /proc/stat, all CPUs: wall time minus idle, iowait and steal.'),
  foreignSeconds: seconds
    .optional()
    .describe(
      'Busy time of processes other than servers, docker-proxies, load agents, bench and the engine. Absent if a ' +
        'part of it was not read.',
    ),
  stealSeconds: seconds.describe('CPU time that the hypervisor gave to other virtual machines.'),
  throttledSeconds: seconds.optional().describe('Time that the cgroups of server or agent were throttled.'),
  memoryStallSeconds: seconds.optional().describe('From /proc/pressure/memory, line "some".'),
});
export type MachineFigures = z.infer<typeof machineSchema>;

/** Path counters over a slice: what grew on the way that the packets took. */
export const countersSchema = z.strictObject({
  connections: count.describe('Connections that the agent opened.'),
  dnatPackets: count
    .optional()
    .describe("Growth of the counter of the published port's DNAT rule: one per connection."),
  bridgePackets: count
    .optional()
    .describe("Growth of the counters of the server's own interfaces but lo, both directions."),
  bridgeDevicePackets: count
    .optional()
    .describe("Growth of the counters of the host's interface on the server's bridge, both directions."),
  linkPackets: count.optional().describe("Growth of the vantage link's counters, both directions."),
});
export type Counters = z.infer<typeof countersSchema>;

/**
 * Figures of a paced client about its own sending. Only paced load has them: a closed loop offers what is
 * answered.
 */
export const pacingSchema = z.strictObject({
  offeredPerSecond: z.number().positive().describe('Requests/s that the schedule intended in the window.'),
  sentPerSecond: seconds.describe('Requests/s that were sent in the window.'),
  sendLagP50Us: seconds.describe('Median of actual minus intended send time.'),
  sendLagP99Us: seconds.describe('p99 of actual minus intended send time.'),
});
export type Pacing = z.infer<typeof pacingSchema>;

/**
 * The rules by which something does not count (bench/docs/method.md, section 2; `validity-rules.ts` has the
 * limits).
 */
export const validityRules = [
  'no_responses',
  'faults',
  'littles_law',
  'path_evidence',
  'offered_rate',
  'foreign_cpu',
  'cpu_steal',
  'cpu_throttled',
  'memory_stall',
] as const;
export type ValidityRule = (typeof validityRules)[number];

export function isValidityRule(name: string): name is ValidityRule {
  return validityRules.some((rule) => rule === name);
}

const ruleFiguresSchema = z
  .partialRecord(z.enum(validityRules), z.number())
  .describe('The figure that each rule checks. A figure that could not be read is absent.');
export type RuleFigures = z.infer<typeof ruleFiguresSchema>;

export const measuredSchema = z.strictObject({
  requests: count.describe('Responses that arrived inside the measured window.'),
  servedRequests: z
    .number()
    .nonnegative()
    .describe(
      'Requests, each counted by the share of its latency inside the window. Throughput is computed from it.',
    ),
  bytes: count.describe('Bytes of these responses, heads included.'),
  wallSeconds: z
    .number()
    .positive()
    .describe('Length of the measured window by the monotonic clock. With turns, the total of all windows.'),
  turns: z
    .int()
    .min(1)
    .optional()
    .describe(
      'Number of windows. They alternate with those of the compared cases. Absent if the slice is one window.',
    ),
  turnRates: z
    .array(z.number().nonnegative())
    .optional()
    .describe(
      'Served requests per second of each window, in order. The n-th windows of the slices of a block belong to the same cycle. Closed loops only: a paced load serves the offered rate.',
    ),
  rampSeconds: seconds.describe('Time under load outside the windows. It is discarded.'),
  edgeSeconds: seconds.describe(
    'Part of the counted latencies before the window: of requests that were under way when it opened.',
  ),
  pendingSeconds: seconds.describe(
    'Part, inside the window, of the latencies of requests that were under way when it closed.',
  ),
  connections: z.int().min(1),
  faults: faultsSchema,
  latency: latencySchema.optional().describe('Absent when no response arrived.'),
  cpu: cpuSchema,
  machine: machineSchema,
  counters: countersSchema.optional(),
  pacing: pacingSchema.optional().describe('Paced load only.'),
  figures: ruleFiguresSchema,
});
export type Measured = z.infer<typeof measuredSchema>;

/** A rule that a slice broke: the message holds figure and limit, and `figures` has the figure of every rule. */
const invalidReasonSchema = z.strictObject({
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
    .describe('Place in the block. The order is random, by the seed, and keeps compared cases together.'),
  cpusExchanged: z
    .literal(true)
    .optional()
    .describe('Servers and load agents had exchanged their CPUs. Absent if they had not.'),
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
