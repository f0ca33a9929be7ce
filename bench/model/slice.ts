import * as z from 'zod';
import { caseSchema } from './case.ts';
import { latencySchema } from './latency.ts';

const seconds = z.number().nonnegative();
const count = z.int().nonnegative();

/** What went wrong inside a slice. Any of these makes the slice invalid (bench/docs/method.md, section 2). */
export const faultsSchema = z.strictObject({
  errors: count.describe('Connection errors: refused, reset, unreachable.'),
  timeouts: count.describe('Requests that were not answered in time.'),
  non2xx: count.describe(
    'Answers with another status than the expected one, which is 200 to 299 unless the request names one.',
  ),
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
    .describe("CPU time of the server's cgroup, or of its processes where it is in no container."),
  proxySeconds: seconds
    .optional()
    .describe("CPU time of docker-proxy's processes for this deployment's port."),
  agentSeconds: seconds.describe("CPU time of the load agent's process, or of all its processes."),
  softirqSeconds: seconds
    .optional()
    .describe(
      'CPU time of the whole machine in softirq, by ticks: an estimate of what is in the others as network processing.',
    ),
  serverCpuBusySeconds: seconds
    .optional()
    .describe(
      'Busy time of the CPU that the server is pinned to, by any process. Absent if CPUs are shared.',
    ),
  agentCpuBusySeconds: seconds
    .optional()
    .describe(
      'Busy time of the CPU that the load agent is pinned to, by any process. Of several agents: of the busiest of their CPUs.',
    ),
  busyClock: z
    .enum(['ns', 'ticks'])
    .optional()
    .describe(
      'Where the busy times are from: the nanoseconds of the root cgroup, or the ticks of 10 ms of /proc/stat, which are ' +
        'right on average over a round.',
    ),
});
export type Cpu = z.infer<typeof cpuSchema>;

/**
 * The whole machine during the slice's block, in seconds: from the reading before the slices that take turns to the one
 * after them. Where cases are measured one after the other, it is the sum over all of them.
 */
export const machineSchema = z.strictObject({
  wallSeconds: seconds.describe('Time between the two readings.'),
  cpus: z.int().min(1).describe('CPUs of the machine.'),
  busySeconds: seconds.describe(
    'Busy time of all CPUs by /proc/stat: the wall time less idle, iowait and steal.',
  ),
  foreignSeconds: seconds
    .optional()
    .describe(
      'Part of the busy time that neither servers, docker-proxies, load agents, bench nor the engine used. Absent where a ' +
        'part of it was not read.',
    ),
  stealSeconds: seconds.describe('CPU time that the hypervisor gave to other machines.'),
  throttledSeconds: seconds.optional().describe('Time that the cgroups of server or agent were throttled.'),
  memoryStallSeconds: seconds
    .optional()
    .describe('Time in which a task waited for memory (/proc/pressure/memory, some).'),
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
    .describe(
      "Growth of the counters of the host's own end of the server's bridge, both directions. Absent where the slice takes turns: others share them.",
    ),
  linkPackets: count
    .optional()
    .describe(
      "Growth of the virtual link's counters, both directions. Absent where the slice takes turns: others share them.",
    ),
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
  sendLagP99Us: seconds.describe('p99 of actual less intended send time.'),
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
  'windows_apart',
] as const;
export type ValidityRule = (typeof validityRules)[number];

export function isValidityRule(name: string): name is ValidityRule {
  return validityRules.some((rule) => rule === name);
}

const ruleFiguresSchema = z
  .partialRecord(z.enum(validityRules), z.number())
  .describe('The figure that each rule checks. A figure that could not be read is absent.');
export type RuleFigures = z.infer<typeof ruleFiguresSchema>;

const latencySays =
  'Latencies of the responses inside the window. In the paced profile they count from the moment at which a request was due.';

export const measuredSchema = z.strictObject({
  requests: count.describe(
    'Responses that arrived inside the measured window. In the paced profile: responses to requests that fell due in it.',
  ),
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
      'Number of windows, which take turns with those of the cases beside it. Absent where the slice is one window.',
    ),
  turnRates: z
    .array(z.number().nonnegative())
    .optional()
    .describe(
      'Served requests a second in each of these windows, in order. The n-th windows of the slices of a block are of the same cycle. Of closed loops only: a paced one serves what is offered.',
    ),
  rampSeconds: seconds.describe('Time under load outside the windows. It is discarded.'),
  edgeSeconds: seconds.describe(
    'Part of the counted latencies that lies before the window: of the requests that were on their way when it opened.',
  ),
  pendingSeconds: seconds.describe(
    'Time inside the window of the requests that were on their way when it closed.',
  ),
  connections: z.int().min(1).describe('Concurrent connections.'),
  reconnects: z
    .int()
    .min(1)
    .optional()
    .describe(
      "How often a connection was opened again, because the user's service had closed it between two answers. It is no fault. Absent: never.",
    ),
  resent: z
    .int()
    .min(1)
    .optional()
    .describe(
      "Requests that were sent again, because the user's service had closed their connection before any part of an answer came. Their latency counts from the first time. Absent: none.",
    ),
  payloadBytes: z
    .number()
    .positive()
    .optional()
    .describe(
      "Length of the body that a request sends or gets; of a user's service, the mean of its answers. Of the bulk profile only.",
    ),
  faults: faultsSchema.describe('What went wrong, counted. Any of it makes the slice invalid.'),
  latency: latencySchema.optional().describe(`${latencySays} Absent when no response arrived.`),
  windowsShared: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe(
      'Share of the time of its windows, from the first opening to the last closing, in which all load agents measured. Only with several agents (--agents).',
    ),
  serviceTime: latencySchema
    .optional()
    .describe('Latencies of the same requests, each from its actual send. Of the paced profile only.'),
  sendLag: latencySchema
    .optional()
    .describe(
      "The load agent's own lateness with the same requests: from when each was due until it was sent, without the time in which all connections were busy. Of the paced profile only.",
    ),
  connect: latencySchema
    .optional()
    .describe(
      'Times from the beginning of a connection until TCP was connected. Of the churn profile only, whose latency ends with the answer.',
    ),
  handshake: latencySchema
    .optional()
    .describe(
      'Times of the TLS handshake of a new connection, from when TCP was connected. Of the churn profile with TLS only.',
    ),
  firstByte: latencySchema
    .optional()
    .describe(
      'Times from the beginning of a connection to the first byte of its answer. Of the churn profile only.',
    ),
  gapSeconds: seconds
    .optional()
    .describe(
      'Time inside the window in which the load agent had ended a connection and not yet begun the next one. Of the churn profile only.',
    ),
  cpu: cpuSchema.describe("CPU time under the slice's load, ramp included."),
  machine: machineSchema.describe(
    'The whole machine between the readings before and after. Slices that take turns share these figures.',
  ),
  counters: countersSchema.optional().describe('What grew on the way of the packets.'),
  pacing: pacingSchema.optional().describe('How the load was sent. Of paced load only.'),
  figures: ruleFiguresSchema,
});
export type Measured = z.infer<typeof measuredSchema>;

/** A rule that a slice broke: the message holds figure and limit, and `figures` has the figure of every rule. */
const invalidReasonSchema = z.strictObject({
  rule: z.enum(validityRules).describe('The rule that it broke (bench/docs/method.md, section 2).'),
  message: z.string().describe('What is wrong, with the figure and the limit.'),
});
export type InvalidReason = z.infer<typeof invalidReasonSchema>;

const headSchema = caseSchema.extend({
  round: z
    .int()
    .min(1)
    .describe(
      'Its round, for which everything was deployed afresh: 1, 2, 3 … The number of rounds is the n of every interval.',
    ),
  block: z
    .int()
    .min(1)
    .describe('Its block of the round: 1, 2 … Within a block every case is measured once.'),
  position: z
    .int()
    .min(1)
    .describe('Place in the block. The order is random, by the seed, and keeps compared cases together.'),
  cpusExchanged: z
    .literal(true)
    .optional()
    .describe('Servers and load agents had exchanged their CPUs. Absent if they had not.'),
  startedAt: z.iso.datetime().describe('When its load began, UTC.'),
});
export type SliceHead = z.infer<typeof headSchema>;

const statusSays =
  'completed: it was measured. invalid: it was, and breaks a rule, so that it does not count. failed: it was not measured.';

/** One line of slices.ndjson: one short measured window of one case inside a round. */
export const sliceSchema = z.discriminatedUnion('status', [
  headSchema.extend({
    status: z.literal('completed').describe(statusSays),
    ...measuredSchema.shape,
    latency: latencySchema.describe(latencySays),
  }),
  headSchema.extend({
    status: z.literal('invalid').describe(statusSays),
    ...measuredSchema.shape,
    reasons: z.array(invalidReasonSchema).min(1).describe('Of an invalid slice: the rules that it broke.'),
  }),
  headSchema.extend({
    status: z.literal('failed').describe(statusSays),
    error: z
      .strictObject({
        message: z.string().describe('What happened.'),
        hint: z.string().optional().describe('What to do about it.'),
      })
      .describe('Of a failed slice: why nothing was measured.'),
  }),
]);
export type Slice = z.infer<typeof sliceSchema>;
export type CompletedSlice = Extract<Slice, { status: 'completed' }>;
export type InvalidSlice = Extract<Slice, { status: 'invalid' }>;
