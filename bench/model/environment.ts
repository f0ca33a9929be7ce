import * as z from 'zod';

/** The parts of the host's network that a packet meets, and their limits. */
const hostNetworkSchema = z.strictObject({
  firewallRules: z
    .int()
    .nonnegative()
    .optional()
    .describe("Rules in all of the firewall's tables, the engine's own included; absent if unread."),
  inputPolicy: z
    .string()
    .describe('Policy and number of rules of each firewall chain for packets to the host itself.'),
  bridgeNetfilter: z
    .boolean()
    .describe('Whether iptables also filters packets between ports of one bridge (module br_netfilter).'),
  mtu: z
    .record(z.string(), z.int().positive())
    .describe("Largest packet by the host's interface, veth links left out."),
  conntrack: z
    .strictObject({
      entries: z.int().nonnegative().describe('Connections tracked when the run began.'),
      max: z.int().positive().describe('Connections that the kernel tracks at most.'),
      buckets: z.int().positive().describe('Size of its hash table.'),
    })
    .optional()
    .describe('Connection tracking. Absent where the kernel tracks no connections.'),
});
export type HostNetwork = z.infer<typeof hostNetworkSchema>;

const pinningSays = 'disjoint: servers and load agent have CPUs of their own. shared: both run on all.';

/** Where the figures were measured. Two runs are comparable only as far as these fields agree. */
export const environmentSchema = z.strictObject({
  benchVersion: z.string().describe('Version of bench.'),
  nodeVersion: z.string().describe('Version of Node that bench ran on.'),
  engine: z
    .strictObject({
      version: z.string().describe('Version of the container engine.'),
      apiVersion: z.string().describe('Version of its API that bench spoke.'),
      endpoint: z
        .enum(['DOCKER_HOST', 'context', 'socket', 'lab'])
        .describe(
          "How bench found the engine. lab: bench's own engine in a separate network stack. Its host mode uses that " +
            "stack, not the machine's.",
        ),
      operatingSystem: z.string().describe('As the engine calls it.'),
      storageDriver: z.string().describe('Where the engine keeps the files of containers.'),
      cgroupVersion: z.string().describe('Version of the control groups of its machine: 1 or 2.'),
      rootless: z.boolean().describe('Whether the engine runs without root.'),
      userlandProxy: z
        .boolean()
        .optional()
        .describe('Whether docker-proxy serves published ports; absent if unread.'),
      iptables: z
        .boolean()
        .optional()
        .describe('Whether the engine writes rules for ports published by IPv4; absent if unread.'),
      ip6tables: z
        .boolean()
        .optional()
        .describe('Whether the engine writes rules for ports published by IPv6; absent if unread.'),
    })
    .describe('The container engine.'),
  kernel: z.string().describe('Release of the Linux kernel.'),
  cpuModel: z.string().describe('Name of the CPU.'),
  cpuCount: z.int().min(1).describe('CPUs that the machine has.'),
  memoryBytes: z.int().positive().describe('Memory of the machine.'),
  cpuGovernor: z
    .string()
    .optional()
    .describe(
      'What sets the clock of the CPUs, e.g. performance. Absent where nothing does, as in most virtual machines.',
    ),
  hypervisor: z
    .string()
    .optional()
    .describe(
      'The hypervisor, e.g. "KVM", "VMware", "Xen", "Hyper-V"; "none" on bare metal, "unknown" if the machine is virtual and names none; absent if unread.',
    ),
  irqTimeAccounting: z
    .boolean()
    .optional()
    .describe(
      "Whether the kernel accounts interrupts, including softirq, separately (CONFIG_IRQ_TIME_ACCOUNTING). On: network work that interrupts a task is in no task's CPU time. Off: it is in the CPU time of the interrupted task. Absent if unread.",
    ),
  timerHz: z
    .int()
    .positive()
    .optional()
    .describe(
      'Timer ticks per second (CONFIG_HZ), at which the kernel samples what a CPU does; absent if unread.',
    ),
  mitigations: z
    .record(z.string(), z.string())
    .optional()
    .describe(
      "The kernel's mitigations of CPU vulnerabilities, by file in /sys/devices/system/cpu/vulnerabilities. They make system calls slower. Absent if unread.",
    ),
  firewall: z.string().optional().describe('The tables with NAT rules, e.g. "iptables-nft".'),
  network: hostNetworkSchema.optional().describe("What of the host's network a packet meets."),
  firewallOpened: z
    .array(z.string())
    .optional()
    .describe(
      'Rules that accepted packets from the link and bridges of the run (--open-firewall), as commands.',
    ),
  guard: z
    .union([
      z.strictObject({
        backend: z.enum(['nftables', 'iptables-legacy']).describe('The firewall that holds it.'),
      }),
      z.strictObject({ refused: z.string().describe('Why there was no guard.') }),
    ])
    .optional()
    .describe(
      "What kept others from the run's servers, for its length: a table of its own in the host's firewall.",
    ),
  sysctls: z.record(z.string(), z.string()).describe('Kernel settings that affect packets on the path.'),
  image: z.string().describe('Lab image: its tag is a hash of its inputs.'),
  serviceImage: z
    .string()
    .optional()
    .describe(
      "Id of the image of the user's service: the digest of its configuration. Absent without a service.",
    ),
  serverVersions: z.record(z.string(), z.string()).describe('Version of each server, by its name.'),
  pinning: z
    .discriminatedUnion('kind', [
      z.strictObject({
        kind: z.literal('disjoint').describe(pinningSays),
        serverCpus: z.string().describe('CPUs of the servers, e.g. "0" or "0-3".'),
        agentCpus: z.string().describe('CPUs of the load agent.'),
        proxiesRoam: z
          .string()
          .optional()
          .describe(
            "Why bench could not keep docker-proxy on the servers' CPUs, so that it may have run on the agent's CPUs. Absent: bench kept it there, or none ran.",
          ),
      }),
      z.strictObject({
        kind: z.literal('shared').describe(pinningSays),
        discarded: z
          .string()
          .optional()
          .describe(
            "The engine's warning that it ignores CPU sets. Absent: the machine has one CPU, or `untouched` is set.",
          ),
        untouched: z
          .literal(true)
          .optional()
          .describe("The server is the user's running container, which keeps its CPUs. Absent: it is not."),
      }),
    ])
    .describe('Which CPUs servers and load agent run on.'),
  linkSubnet: z
    .string()
    .optional()
    .describe(
      "The /24 that the run's own networks took, by default of 198.18.0.0/15 (RFC 2544); absent without a link.",
    ),
});
export type Environment = z.infer<typeof environmentSchema>;

/**
 * The note that accompanies every figure of a run in a lab. `undefined`: the machine's own stack was
 * measured.
 */
export function labWords({ endpoint }: Pick<Environment['engine'], 'endpoint'>): string | undefined {
  if (endpoint !== 'lab') return undefined;
  return "Measured in a lab: host mode is the lab's own network stack, without this machine's firewall rules. Its overheads are comparable with those of a machine. Absolute figures are not.";
}
