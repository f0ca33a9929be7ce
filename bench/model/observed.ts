import type { Connection, Endpoint } from './connection.ts';
import type { Finding } from './evidence.ts';
import type { NetworkStack } from './network-stack.ts';
import type { Counters } from './slice.ts';

/** What is seen of a deployment before any load. */
export interface Observed {
  readonly host: NetworkStack;
  readonly server: NetworkStack;
  /** Of the container that a mapped server joined. */
  readonly holder?: NetworkStack;
  readonly hostPort: number;
  readonly serverPid: number;
  /** Name of the host's end of the external link, where there is one. */
  readonly link?: string;
  /** Network namespace of the load agent. */
  readonly agentNamespace?: string;
  /** Of a server that is said to be in no container. */
  readonly process?: ProcessPlace;
  /** One connection from the agent to the server, held open while it was looked at. */
  readonly connection?: ConnectionSeen;
}

/** In which namespaces a process is, next to the host's, and in which cgroup. */
export interface ProcessPlace {
  readonly namespaces: Readonly<
    Record<'net' | 'pid' | 'cgroup', { readonly own: string; readonly host: string }>
  >;
  readonly cgroup: string;
}

/** One connection as the server and the host's connection tracking see it. */
export interface HeldConnectionSeen {
  /** The far ends of the server's established connections, with who holds them where the host has them. */
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
 * What grew between the two readings around a slice. A counter that is not there at both ends is absent, and so is one
 * that went back: it was made anew in between (a firewall that was loaded again), so nobody knows what it has missed.
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
  /** `undefined`: what was seen does not tell. */
  readonly judge: (seen: Seen) => Judged | undefined;
}
