import type { Finding } from '../model/evidence.ts';
import { type ClaimKind, claims } from '../model/network-modes.ts';
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

const noDnatRule = 'no DNAT rule for the port that was there throughout';

export function growth(
  before: Reading,
  after: Reading,
  load: { readonly connections: number; readonly requests: number },
): Growth {
  const grown = (read: (reading: Reading) => number | undefined): number | undefined => {
    const [from, to] = [read(before), read(after)];
    return from === undefined || to === undefined || to < from ? undefined : to - from;
  };
  const dnatPackets = grown((reading) => reading.dnatPackets);
  const bridgePackets = grown((reading) => reading.serverStackPackets);
  const linkPackets = grown((reading) => reading.linkPackets);
  const proxySeconds = grown((reading) => reading.proxySeconds);
  return {
    ...load,
    ...(dnatPackets === undefined ? {} : { dnatPackets }),
    ...(bridgePackets === undefined ? {} : { bridgePackets }),
    ...(linkPackets === undefined ? {} : { linkPackets }),
    ...(proxySeconds === undefined ? {} : { proxySeconds }),
  };
}

/** Growth of several slices together: for the evidence of a round. */
export function addGrowth(left: Growth, right: Growth): Growth {
  const sum = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? undefined : a + b;
  const dnatPackets = sum(left.dnatPackets, right.dnatPackets);
  const bridgePackets = sum(left.bridgePackets, right.bridgePackets);
  const linkPackets = sum(left.linkPackets, right.linkPackets);
  const proxySeconds = sum(left.proxySeconds, right.proxySeconds);
  return {
    connections: left.connections + right.connections,
    requests: left.requests + right.requests,
    ...(dnatPackets === undefined ? {} : { dnatPackets }),
    ...(bridgePackets === undefined ? {} : { bridgePackets }),
    ...(linkPackets === undefined ? {} : { linkPackets }),
    ...(proxySeconds === undefined ? {} : { proxySeconds }),
  };
}

/**
 * Judges the claims about counters (METHOD section 8) over one slice or over all of a round's.
 * Claims about where a server stands are judged before the load, by the lab; they are passed over here.
 */
export function counterFindings(kinds: readonly ClaimKind[], grown: Growth): readonly Finding[] {
  return kinds.flatMap((kind) => {
    const judged = judge(kind, grown);
    return judged === undefined ? [] : [{ claim: claims[kind], ...judged }];
  });
}

function judge(kind: ClaimKind, grown: Growth): Omit<Finding, 'claim'> | undefined {
  const { connections, requests, dnatPackets, bridgePackets, linkPackets, proxySeconds } = grown;
  switch (kind) {
    case 'dnat-counter-grows':
      // NAT rules see the first packet of each connection; every later one follows the conntrack entry.
      return {
        expected: `at least ${connections} (one a connection)`,
        observed: dnatPackets === undefined ? noDnatRule : String(dnatPackets),
        holds: dnatPackets !== undefined && dnatPackets >= connections,
      };
    case 'no-dnat':
      return {
        expected: '0',
        observed: dnatPackets === undefined ? noDnatRule : String(dnatPackets),
        holds: dnatPackets === undefined || dnatPackets === 0,
      };
    case 'proxy-flat': {
      const limit = idleProxySeconds + requests * flatProxySecondsPerRequest;
      return {
        expected: `at most ${milliseconds(limit)} of CPU`,
        observed:
          proxySeconds === undefined
            ? 'no docker-proxy for the port that was there throughout'
            : milliseconds(proxySeconds),
        holds: proxySeconds === undefined || proxySeconds <= limit,
      };
    }
    case 'bridge-counters-grow':
      return {
        expected: `at least ${requests} packets (${requests} requests)`,
        observed:
          bridgePackets === undefined
            ? "the server's counters could not be read"
            : `${bridgePackets} packets`,
        holds: bridgePackets !== undefined && bridgePackets >= requests,
      };
    case 'link-counters-grow':
      return {
        expected: `at least ${requests} packets (${requests} requests)`,
        observed:
          linkPackets === undefined ? "the link's counters could not be read" : `${linkPackets} packets`,
        holds: linkPackets !== undefined && linkPackets >= requests,
      };
    default:
      return undefined;
  }
}

function milliseconds(seconds: number): string {
  return `${(seconds * 1000).toFixed(2)} ms`;
}
