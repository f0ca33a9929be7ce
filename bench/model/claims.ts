import { type Carrier, carrierOf, usualPublishing } from './carrier.ts';
import { connectionClaims } from './connection-claims.ts';
import { counterClaims } from './counter-claims.ts';
import type { Finding } from './evidence.ts';
import type { Claim, ConnectionSeen, Growth, Observed } from './observed.ts';
import { placeClaims } from './place-claims.ts';
import type { Route } from './route.ts';

export type ClaimKind = keyof typeof placeClaims | keyof typeof connectionClaims | keyof typeof counterClaims;

/** The claims in words: what must be seen if the packets took a path. */
export const claims = words({ ...placeClaims, ...connectionClaims, ...counterClaims });

function words<K extends string>(
  table: Readonly<Record<K, { readonly says: string }>>,
): Readonly<Record<K, string>> {
  const rows = Object.entries<{ readonly says: string }>(table).map(([kind, { says }]) => [kind, says]);
  return Object.fromEntries(rows) as Record<K, string>;
}

function has<K extends string>(table: Readonly<Record<K, unknown>>, kind: string): kind is K {
  return Object.hasOwn(table, kind);
}

function findings<K extends ClaimKind, Seen>(
  table: Readonly<Record<K, Claim<Seen>>>,
  kinds: readonly ClaimKind[],
  seen: Seen,
): readonly Finding[] {
  return kinds.flatMap((kind) => {
    const judged = has(table, kind) ? table[kind].judge(seen) : undefined;
    return judged === undefined ? [] : [{ claim: claims[kind], ...judged }];
  });
}

/**
 * The claims about a connection, also for observations without one. Without a connection they do not hold.
 */
function ofConnection<K extends string>(
  table: Readonly<Record<K, Claim<ConnectionSeen>>>,
): Readonly<Record<K, Claim<Observed>>> {
  const none = { expected: 'an open connection', observed: 'no connection was read', holds: false };
  const rows = Object.entries<Claim<ConnectionSeen>>(table).map(([kind, { says, judge }]) => {
    const claim: Claim<Observed> = {
      says,
      judge: ({ connection }) => (connection === undefined ? none : judge(connection)),
    };
    return [kind, claim] as const;
  });
  return Object.fromEntries(rows) as Record<K, Claim<Observed>>;
}

const observedClaims = { ...placeClaims, ...ofConnection(connectionClaims) };

/**
 * Judges the claims that need no load: where the server is located, and one connection that was held open.
 */
export function observedFindings(kinds: readonly ClaimKind[], observed: Observed): readonly Finding[] {
  return findings(observedClaims, kinds, observed);
}

/** Judges the claims about counters over one slice or over all of a round's. */
export function counterFindings(kinds: readonly ClaimKind[], grown: Growth): readonly Finding[] {
  return findings(counterClaims, kinds, grown);
}

/** Splits claims into those that can be judged while other cases have load, and those that cannot. */
export function splitClaims(kinds: readonly ClaimKind[]): {
  readonly own: readonly ClaimKind[];
  readonly shared: readonly ClaimKind[];
} {
  const isShared = (kind: ClaimKind) => has(counterClaims, kind) && 'shared' in counterClaims[kind];
  return { own: kinds.filter((kind) => !isShared(kind)), shared: kinds.filter(isShared) };
}

const linkGrows = ['link-counters-grow'] as const;

/** The claims about the server's location, by its attachment. */
const whereServerStands = {
  native: ['no-container', 'listener-in-host-table'],
  host: ['shares-host-namespace', 'listener-in-host-table'],
  bridge: ['own-namespace'],
  'user-bridge': ['own-namespace'],
  mapped: ['own-namespace', 'namespace-of-holder'],
  none: ['own-namespace', 'only-loopback'],
  macvlan: ['own-namespace', 'macvlan-child'],
} as const satisfies Record<Route['server']['kind'], readonly ClaimKind[]>;

/** The claims about a connection, by what carries it to the server. */
const howCarried = {
  directly: ['peer-is-agent', 'conntrack-no-dnat'],
  dnat: ['conntrack-dnat', 'dnat-counter-grows', 'proxy-flat'],
  'docker-proxy': ['peer-is-proxy', 'conntrack-no-dnat', 'no-dnat', 'proxy-works'],
} as const satisfies Record<Carrier, readonly ClaimKind[]>;

/**
 * All claims that must be seen on a route.
 * @param carrier how a connection gets from the dialled address to the server. On a published port the
 *   engine's settings decide this.
 * @param userlandProxy false where the engine runs no docker-proxy, so that none has to stay idle.
 */
export function claimsOf(
  route: Pick<Route, 'server' | 'agent'>,
  carrier: Carrier,
  userlandProxy = true,
): readonly ClaimKind[] {
  const { server, agent } = route;
  const kinds: readonly ClaimKind[] = [
    ...whereServerStands[server.kind],
    ...(agent.kind === 'linked' ? linkGrows : []),
    ...howCarried[carrier],
    ...onTheWay(route, carrier),
  ];
  return userlandProxy ? kinds : kinds.filter((kind) => kind !== 'proxy-flat');
}

/** The same with the usual settings of an engine. */
export function usualClaims(route: Route): readonly ClaimKind[] {
  return claimsOf(route, carrierOf(route.path, usualPublishing));
}

/** Which counters must grow between the host, or the neighbor, and the server. */
function onTheWay(
  { server, agent }: Pick<Route, 'server' | 'agent'>,
  carrier: Carrier,
): readonly ClaimKind[] {
  if (server.kind === 'native' || server.kind === 'host') {
    if (agent.kind === 'inside') return ['namespace-of-agent'];
    return agent.kind === 'neighbor' ? ['bridge-device-grows'] : [];
  }
  if (agent.kind === 'inside') {
    return server.kind === 'none' ? ['namespace-of-agent'] : ['namespace-of-agent', 'stack-counters-flat'];
  }
  if (server.kind === 'macvlan') return ['macvlan-counters-grow'];
  // From the same bridge DNAT may be done on the bridge (br_netfilter) or by way of the host: both are DNAT.
  if (agent.kind === 'neighbor' && carrier === 'dnat') return ['bridge-counters-grow'];
  const besideIt = agent.kind === 'neighbor' && carrier === 'directly';
  const noRule: readonly ClaimKind[] = carrier === 'directly' ? ['no-dnat'] : [];
  return ['bridge-counters-grow', besideIt ? 'bridge-device-flat' : 'bridge-device-grows', ...noRule];
}
