/**
 * What the inspector read at one edge of a slice, for one deployment. Figures only grow; what counts is the
 * difference between two readings. A figure that the machine does not give is left out.
 */
export interface Reading {
  /** Monotonic clock, seconds. */
  readonly atSeconds: number;
  /** CPU time of the whole machine, seconds. */
  readonly machine: {
    readonly userSeconds: number;
    readonly systemSeconds: number;
    readonly softirqSeconds: number;
    readonly stealSeconds: number;
    readonly busySeconds: number;
  };
  readonly memoryStallSeconds?: number;
  readonly server?: CgroupCpu;
  readonly agent?: CgroupCpu;
  readonly ownSeconds?: number;
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
