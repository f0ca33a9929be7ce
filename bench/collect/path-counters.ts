import { type ClaimKind, claims } from '../model/claims.ts';
import type { Finding } from '../model/evidence.ts';
import type { Reading } from '../model/reading.ts';
import type { Counters } from '../model/slice.ts';

/**
 * What grew between the two readings around a slice. A counter that is not there at both ends is absent, and so is one
 * that went back: it was made anew in between (a firewall that was loaded again), so nobody knows what it has missed.
 */
export interface Growth extends Counters {
  readonly requests: number;
  readonly proxySeconds?: number;
}

/** docker-proxy costs tens of microseconds a request when it carries it, and none when it does not. */
const flatProxySecondsPerRequest = 1e-6;
/** What its timers and the garbage collector of its runtime may use in a slice regardless. */
const idleProxySeconds = 0.002;

/** Two system calls a request in each direction take more than this on any machine. */
const workingProxySecondsPerRequest = 4e-6;
/** ARP, multicast and the like, which pass where no request does. */
const strayPackets = 100;
const strayPacketsPerRequest = 0.02;

const noProxy = 'no docker-proxy for the port that was there throughout';
const noDnatRule = 'no DNAT rule for the port that was there throughout';

/** The counters that grow, by their name in `Growth`, and where a reading has them. */
const counters = {
  dnatPackets: ({ dnatPackets }) => dnatPackets,
  bridgePackets: ({ serverStackPackets }) => serverStackPackets,
  bridgeDevicePackets: ({ bridgeDevicePackets }) => bridgeDevicePackets,
  linkPackets: ({ linkPackets }) => linkPackets,
  proxySeconds: ({ proxySeconds }) => proxySeconds,
} as const satisfies Record<string, (reading: Reading) => number | undefined>;
const counterNames = [
  'dnatPackets',
  'bridgePackets',
  'bridgeDevicePackets',
  'linkPackets',
  'proxySeconds',
] as const;

/**
 * Claims about counters of what all cases have in common. They are judged where a case runs alone: in the warm-up,
 * and in slices that take no turns.
 */
const sharedClaims: ReadonlySet<ClaimKind> = new Set([
  'link-counters-grow',
  'bridge-device-grows',
  'bridge-device-flat',
]);

/** Claims that can be judged whoever else has load at the time, and those that cannot. */
export function splitClaims(kinds: readonly ClaimKind[]): {
  readonly own: readonly ClaimKind[];
  readonly shared: readonly ClaimKind[];
} {
  return {
    own: kinds.filter((kind) => !sharedClaims.has(kind)),
    shared: kinds.filter((kind) => sharedClaims.has(kind)),
  };
}

/** What is left of a growth that other cases have had a part in. */
export function ownGrowth({ linkPackets: _, bridgeDevicePackets: __, ...own }: Growth): Growth {
  return own;
}

export function growth(
  before: Reading,
  after: Reading,
  load: { readonly connections: number; readonly requests: number },
): Growth {
  return withCounters(load, (name) => {
    const [from, to] = [counters[name](before), counters[name](after)];
    return from === undefined || to === undefined || to < from ? undefined : to - from;
  });
}

/** Growth of several slices together: for the evidence of a round. */
export function addGrowth(left: Growth, right: Growth): Growth {
  const load = {
    connections: left.connections + right.connections,
    requests: left.requests + right.requests,
  };
  return withCounters(load, (name) => {
    const [a, b] = [left[name], right[name]];
    return a === undefined || b === undefined ? undefined : a + b;
  });
}

function withCounters(
  load: { readonly connections: number; readonly requests: number },
  grownBy: (name: (typeof counterNames)[number]) => number | undefined,
): Growth {
  const rows = counterNames.flatMap((name) => {
    const value = grownBy(name);
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...load, ...Object.fromEntries(rows) };
}

/**
 * Judges the claims about counters over one slice or over all of a round's.
 * Claims about where a server stands are judged before the load, by the lab; they are passed over here.
 */
export function counterFindings(kinds: readonly ClaimKind[], grown: Growth): readonly Finding[] {
  return kinds.flatMap((kind) => {
    const judged = judge(kind, grown);
    return judged === undefined ? [] : [{ claim: claims[kind], ...judged }];
  });
}

function judge(kind: ClaimKind, grown: Growth): Omit<Finding, 'claim'> | undefined {
  const { connections, requests, dnatPackets, bridgePackets, bridgeDevicePackets, linkPackets } = grown;
  switch (kind) {
    case 'dnat-counter-grows':
      // Connections live for the round: where none was opened, nothing can be counted.
      if (connections === 0) return undefined;
      // NAT rules see the first packet of each connection; every later one follows the conntrack entry.
      return {
        expected: `at least ${connections} (one a connection)`,
        observed: dnatPackets === undefined ? noDnatRule : String(dnatPackets),
        holds: dnatPackets !== undefined && dnatPackets >= connections,
      };
    case 'no-dnat':
      if (connections === 0) return undefined;
      return {
        expected: '0',
        observed: dnatPackets === undefined ? noDnatRule : String(dnatPackets),
        holds: dnatPackets === undefined || dnatPackets === 0,
      };
    case 'proxy-flat':
      return proxyFlat(grown);
    case 'proxy-works':
      return proxyWorks(grown);
    case 'bridge-counters-grow':
    case 'macvlan-counters-grow':
      return growsWith(requests, bridgePackets, "the server's counters");
    case 'bridge-device-grows':
      return growsWith(requests, bridgeDevicePackets, "the bridge's counters");
    case 'link-counters-grow':
      return growsWith(requests, linkPackets, "the link's counters");
    case 'bridge-device-flat':
      return staysFlat(requests, bridgeDevicePackets, "the bridge's counters");
    case 'stack-counters-flat':
      return staysFlat(requests, bridgePackets, "the server's counters");
    default:
      return undefined;
  }
}

function growsWith(requests: number, packets: number | undefined, counter: string) {
  return {
    expected: `at least ${requests} packets (${requests} requests)`,
    observed: packets === undefined ? `${counter} could not be read` : `${packets} packets`,
    holds: packets !== undefined && packets >= requests,
  };
}

function staysFlat(requests: number, packets: number | undefined, counter: string) {
  const limit = strayPackets + Math.floor(requests * strayPacketsPerRequest);
  return {
    expected: `at most ${limit} packets (${requests} requests)`,
    observed: packets === undefined ? `${counter} could not be read` : `${packets} packets`,
    holds: packets !== undefined && packets <= limit,
  };
}

function proxyFlat({ requests, proxySeconds }: Growth) {
  const limit = idleProxySeconds + requests * flatProxySecondsPerRequest;
  return {
    expected: `at most ${milliseconds(limit)} of CPU`,
    observed: proxySeconds === undefined ? noProxy : milliseconds(proxySeconds),
    holds: proxySeconds === undefined || proxySeconds <= limit,
  };
}

function proxyWorks({ requests, proxySeconds }: Growth) {
  const least = requests * workingProxySecondsPerRequest;
  return {
    expected: `at least ${milliseconds(least)} of CPU (${requests} requests)`,
    observed: proxySeconds === undefined ? noProxy : milliseconds(proxySeconds),
    holds: proxySeconds !== undefined && proxySeconds > 0 && proxySeconds >= least,
  };
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(2)} ms`;
}
