import type { Connection, Endpoint } from './connection.ts';
import type { Finding } from './evidence.ts';
import type { NetworkStack } from './network-stack.ts';
import type { Counters } from './slice.ts';

/** Observations of a deployment before any load. */
export interface Observed {
  readonly host: NetworkStack;
  readonly server: NetworkStack;
  /** Stack of the container that a mapped server joined. */
  readonly holder?: NetworkStack;
  readonly hostPort: number;
  readonly serverPid: number;
  /** Other processes of the server's container that own its listening sockets in the host's stack. */
  readonly listeningPids?: readonly number[];
  /** Name of the host's end of the external link, where there is one. */
  readonly link?: string;
  /** Network namespace of the load agent. */
  readonly agentNamespace?: string;
  /** Place of a server that is said to be in no container. */
  readonly process?: ProcessPlace;
  /** One connection from the agent to the server, held open while it was looked at. */
  readonly connection?: ConnectionSeen;
}

/** The namespaces of a process, next to the host's, and its cgroup. */
export interface ProcessPlace {
  readonly namespaces: Readonly<
    Record<'net' | 'pid' | 'cgroup', { readonly own: string; readonly host: string }>
  >;
  readonly cgroup: string;
}

/** One connection as the server and the host's connection tracking see it. */
export interface HeldConnectionSeen {
  /**
   * Peers of the server's established connections, with the command that holds each one, where it is on the
   * host.
   */
  readonly peers: readonly (Endpoint & { readonly command?: string })[];
  readonly conntrack: Connection['conntrack'];
}

/** The same, and the agent's own side of it. */
export interface ConnectionSeen extends HeldConnectionSeen {
  /** The agent's own end, and the end that it dialled. */
  readonly agent: Endpoint;
  readonly dialled: Endpoint;
}

/**
 * Growth between the two readings around a slice. A counter is absent unless both readings have it. It is
 * also absent if it went back: it was made anew in between (a firewall that was loaded again), and its growth
 * is unknown.
 */
export interface Growth extends Counters {
  readonly requests: number;
  readonly proxySeconds?: number;
}

/** What was expected, what was seen, and whether that is the same. */
export type Judged = Omit<Finding, 'claim'>;

/** Something that must be seen if the packets took a path: in words, and how it is judged. */
export interface Claim<Seen> {
  readonly says: string;
  /** `undefined`: the observations do not decide the claim. */
  readonly judge: (seen: Seen) => Judged | undefined;
}
