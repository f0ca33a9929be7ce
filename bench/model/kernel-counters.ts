import * as z from 'zod';

/** Whose events a counter has: those of the server, of one network stack, or of the whole machine. */
type CounterScope =
  /** The server's own processes. */
  | 'server'
  /** The server's network stack. That of a server in host mode is the host's, with all that else is in it. */
  | 'stack'
  /** The load agent's network stack: all cases of the agent together. */
  | 'agent'
  /** The host: all cases together, and what else runs there. */
  | 'machine';

interface KernelCounterRow {
  readonly scope: CounterScope;
  /** What is counted, after a number: `120 TCP segments sent again`. */
  readonly counted: string;
  /** What a count is given for. */
  readonly per: 'round' | 'request';
}

/** Counters of the kernel that explain a figure where they differ, by their names in data files. */
export const kernelCounters = {
  voluntary_switches: {
    scope: 'server',
    counted: "times that one of the server's threads waited (voluntary context switches)",
    per: 'request',
  },
  involuntary_switches: {
    scope: 'server',
    counted: "times that another thread took the CPU of one of the server's (involuntary context switches)",
    per: 'request',
  },
  tcp_retransmits: { scope: 'stack', counted: 'TCP segments sent again', per: 'round' },
  listen_overflows: {
    scope: 'stack',
    counted: 'connections for which a listening socket had no room (listen overflows)',
    per: 'round',
  },
  listen_drops: { scope: 'stack', counted: 'connections that a listening socket dropped', per: 'round' },
  agent_tcp_retransmits: { scope: 'agent', counted: 'TCP segments sent again', per: 'round' },
  softnet_dropped: {
    scope: 'machine',
    counted: 'packets dropped because the queue of a CPU was full (softnet dropped)',
    per: 'round',
  },
  softnet_squeezed: {
    scope: 'machine',
    counted: 'times that a CPU had more packets than it takes at once (softnet squeezed)',
    per: 'round',
  },
  conntrack_insert_failed: {
    scope: 'machine',
    counted: 'connections that connection tracking could not add',
    per: 'round',
  },
  conntrack_drops: { scope: 'machine', counted: 'packets that connection tracking dropped', per: 'round' },
} as const satisfies Record<string, KernelCounterRow>;

export type KernelCounter = keyof typeof kernelCounters;
const names = Object.keys(kernelCounters) as [KernelCounter, ...KernelCounter[]];
export const kernelCounterNames: readonly KernelCounter[] = names;
export const kernelCounterSchema = z.enum(names);

/** Counters at one moment. They only grow; one that the machine does not have is absent. */
export type KernelReading = Readonly<Partial<Record<KernelCounter, number>>>;

/** What grew between the warm-up and the end of the last block of a round. */
export const kernelGrowthSchema = z.strictObject({
  requests: z.int().nonnegative().describe('Answers of the deployment meanwhile.'),
  counts: z
    .partialRecord(kernelCounterSchema, z.int().nonnegative())
    .describe(
      "By counter. voluntary_switches, involuntary_switches: of the server's threads. tcp_retransmits, listen_*: of the server's network stack, which is the whole host's in host mode. " +
        "agent_*: of the load agent's stack. softnet_*, conntrack_*: of the host. What several deployments share is on the line of each. Absent: not read, or it went back.",
    ),
});
export type KernelGrowth = z.infer<typeof kernelGrowthSchema>;
