import type { MachineCpu } from './machine-cpu.ts';

/**
 * The readings at one edge of a slice, for one deployment. Figures only grow, so only the difference between
 * two readings counts. A figure that the machine does not report is left out.
 *
 * The machine's busy time in a block belongs to other processes where it is neither a server's, an agent's, a
 * docker-proxy's nor `ownSeconds`. `machine` and `ownSeconds` are of one moment. Among the readings of a
 * block's deployments, those nearest to the load count, i.e. the last one before it and the first one after
 * it.
 */
export interface Reading {
  /** Monotonic clock, seconds. */
  readonly atSeconds: number;
  readonly machine: MachineCpu;
  /**
   * CPU time that the run itself needs beside the load: the inspector, bench's command line where it runs on
   * the same kernel, the engine's daemons, and the shims of the server and the agent. Absent where it was not
   * read.
   */
  readonly ownSeconds?: number;
  readonly memoryStallSeconds?: number;
  readonly server?: CgroupCpu;
  readonly agent?: CgroupCpu;
  /** All docker-proxy processes of the deployment's published port. Absent where there are none. */
  readonly proxySeconds?: number;
  /** Packets counted by the published port's DNAT rule: the first of each connection. Absent without a rule. */
  readonly dnatPackets?: number;
  /** Packets in and out of the server's own network stack, loopback left out. Absent in the host's stack. */
  readonly serverStackPackets?: number;
  /** Packets in and out of the host's own end of the server's bridge. Absent where the server is on none. */
  readonly bridgeDevicePackets?: number;
  /** Packets in and out of the external link. Absent at other vantages. */
  readonly linkPackets?: number;
}

export interface CgroupCpu {
  readonly cpuSeconds: number;
  readonly throttledSeconds?: number;
}
