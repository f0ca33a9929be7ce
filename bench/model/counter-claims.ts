import { formatSeconds } from './format.ts';
import type { Claim, Growth } from './observed.ts';

/** docker-proxy costs tens of microseconds a request when it carries it, and none when it does not. */
const flatProxySecondsPerRequest = 1e-6;
/**
 * CPU time that an idle docker-proxy may use in a slice, for its timers and its runtime's garbage collector.
 */
const idleProxySeconds = 0.002;

/** Two system calls a request in each direction take more than this on any machine. */
const workingProxySecondsPerRequest = 4e-6;
/** Packets that pass without any request: ARP, multicast and the like. */
const strayPackets = 100;
const strayPacketsPerRequest = 0.02;

const noProxy = 'the port had no docker-proxy, or not all the time';
const noDnatRule = 'the port had no DNAT rule, or not all the time';

/**
 * A claim about counters. `shared`: all cases add to the counter, so the claim is judged where a case runs
 * alone.
 */
interface CounterClaim extends Claim<Growth> {
  readonly shared?: true;
}

/** Claims about what the counters do while requests flow: over one slice, or over all of a round's. */
export const counterClaims = {
  'dnat-counter-grows': {
    says: "the published port's DNAT rule counts the connections made",
    // NAT rules see the first packet of each connection; every later one follows the conntrack entry. Connections live
    // for the round: where none was opened, nothing can be counted.
    judge: ({ connections, dnatPackets }) =>
      connections === 0
        ? undefined
        : {
            expected: `at least ${connections} (one a connection)`,
            observed: dnatPackets === undefined ? noDnatRule : String(dnatPackets),
            holds: dnatPackets !== undefined && dnatPackets >= connections,
          },
  },
  'no-dnat': {
    says: 'no DNAT rule counts the connections made',
    judge: ({ connections, dnatPackets }) =>
      connections === 0
        ? undefined
        : {
            expected: '0',
            observed: dnatPackets === undefined ? noDnatRule : String(dnatPackets),
            holds: dnatPackets === undefined || dnatPackets === 0,
          },
  },
  'proxy-flat': {
    says: 'docker-proxy uses no CPU time while requests flow',
    judge: proxyFlat,
  },
  'proxy-works': {
    says: "docker-proxy's CPU time grows with the requests",
    judge: proxyWorks,
  },
  'bridge-counters-grow': {
    says: "the counters of the server's veth pair grow with the requests",
    judge: ({ requests, bridgePackets }) => growsWith(requests, bridgePackets, "the server's counters"),
  },
  'bridge-device-grows': {
    says: "the counters of the host's own end of the bridge grow with the requests",
    shared: true,
    judge: ({ requests, bridgeDevicePackets }) =>
      growsWith(requests, bridgeDevicePackets, "the bridge's counters"),
  },
  'bridge-device-flat': {
    says: 'the packets stay on the bridge: the counters of its host end stay flat',
    shared: true,
    judge: ({ requests, bridgeDevicePackets }) =>
      staysFlat(requests, bridgeDevicePackets, "the bridge's counters"),
  },
  'macvlan-counters-grow': {
    says: "the counters of the server's macvlan interface grow with the requests",
    judge: ({ requests, bridgePackets }) => growsWith(requests, bridgePackets, "the server's counters"),
  },
  'stack-counters-flat': {
    says: "no request leaves the server's stack: its interfaces but lo stay flat",
    judge: ({ requests, bridgePackets }) => staysFlat(requests, bridgePackets, "the server's counters"),
  },
  'link-counters-grow': {
    says: 'the counters of the external link grow with the requests',
    shared: true,
    judge: ({ requests, linkPackets }) => growsWith(requests, linkPackets, "the link's counters"),
  },
} as const satisfies Record<string, CounterClaim>;

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
    expected: `at most ${formatSeconds(limit)} of CPU`,
    observed: proxySeconds === undefined ? noProxy : formatSeconds(proxySeconds),
    holds: proxySeconds === undefined || proxySeconds <= limit,
  };
}

function proxyWorks({ requests, proxySeconds }: Growth) {
  const least = requests * workingProxySecondsPerRequest;
  return {
    expected: `at least ${formatSeconds(least)} of CPU (${requests} requests)`,
    observed: proxySeconds === undefined ? noProxy : formatSeconds(proxySeconds),
    holds: proxySeconds !== undefined && proxySeconds > 0 && proxySeconds >= least,
  };
}
