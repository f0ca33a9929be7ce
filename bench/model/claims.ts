import type { Carrier } from './carrier.ts';
import type { Route } from './route.ts';

/** What must be seen if the packets took a path, in words. */
export const claims = {
  'shares-host-namespace': "the server's network namespace is the host's",
  'listener-in-host-table': "the server's listening socket is in the host's socket table",
  'no-container': "the server is a plain process: its network, pid and cgroup namespaces are the host's",
  'own-namespace': "the server's network namespace is not the host's",
  'namespace-of-holder': "the server's network namespace is that of the container it is mapped to",
  'namespace-of-agent': "the load agent's network namespace is the server's",
  'only-loopback': "the server's network namespace has no interface but lo",
  'macvlan-child': "the server's interface is a macvlan child of the external link",
  'peer-is-agent': "the server sees the connection come from the load agent's own socket",
  'peer-is-proxy': 'the server sees the connection come from a socket of docker-proxy',
  'conntrack-dnat': 'connection tracking translates the dialled address into one of the server',
  'conntrack-no-dnat': 'connection tracking translates no destination of the connection',
  'dnat-counter-grows': "the published port's DNAT rule counts the connections made",
  'proxy-flat': 'docker-proxy uses no CPU time while requests flow',
  'proxy-works': "docker-proxy's CPU time grows with the requests",
  'bridge-counters-grow': "the counters of the server's veth pair grow with the requests",
  'bridge-device-grows': "the counters of the host's own end of the bridge grow with the requests",
  'bridge-device-flat': 'the packets stay on the bridge: the counters of its host end stay flat',
  'macvlan-counters-grow': "the counters of the server's macvlan interface grow with the requests",
  'stack-counters-flat': "no request leaves the server's stack: its interfaces but lo stay flat",
  'no-dnat': 'no DNAT rule counts the connections made',
  'link-counters-grow': 'the counters of the external link grow with the requests',
} as const;
export type ClaimKind = keyof typeof claims;

const linkGrows = ['link-counters-grow'] as const;

/** Where the server must be seen to stand. */
const whereServerStands = {
  native: ['no-container', 'listener-in-host-table'],
  host: ['shares-host-namespace', 'listener-in-host-table'],
  bridge: ['own-namespace'],
  'user-bridge': ['own-namespace'],
  mapped: ['own-namespace', 'namespace-of-holder'],
  none: ['own-namespace', 'only-loopback'],
  macvlan: ['own-namespace', 'macvlan-child'],
} as const satisfies Record<Route['server']['kind'], readonly ClaimKind[]>;

/** What must be seen of a connection, by what carries it to the server. */
const howCarried = {
  directly: ['peer-is-agent', 'conntrack-no-dnat'],
  dnat: ['conntrack-dnat', 'dnat-counter-grows', 'proxy-flat'],
  'docker-proxy': ['peer-is-proxy', 'conntrack-no-dnat', 'no-dnat', 'proxy-works'],
} as const satisfies Record<Carrier, readonly ClaimKind[]>;

/**
 * Everything that must be seen on a route.
 * @param carrier what takes a connection from the dialled address to the server: on a published port it is for the
 *   engine's settings to say.
 * @param userlandProxy false where the engine runs no docker-proxy, so that there is none to stay idle.
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
