import type { Vantage } from '../../bench/model/path.ts';
import type { Route, ServerAttachment } from '../../bench/model/route.ts';
import type { Engine } from '../engine/engine.ts';
import type { Inspector } from '../inspector/client.ts';
import type { Teardown } from '../teardown.ts';

/** One end's addresses. */
export interface Pair {
  readonly v4: string;
  readonly v6: string;
}

/** What the servers and agents of a run may be attached to, besides the host's stack. */
export interface RunNetworks {
  /** The external link: a veth pair between the host and the stack of the external agent. */
  readonly link?: {
    readonly device: string;
    readonly subnet: string;
    readonly host: Pair;
    readonly peer: Pair;
  };
  /** The engine's default bridge, where it has one. */
  readonly defaultBridge?: { readonly device: string; readonly gateway?: string };
  readonly userBridge?: { readonly id: string; readonly device: string; readonly gateway: Pair };
  readonly macvlan?: { readonly id: string };
}

/** The bridge that a server is on: the host's end of it, and the host's addresses there. */
export function bridgeOf(
  { server, path }: Pick<Route, 'server' | 'path'>,
  { defaultBridge, userBridge }: RunNetworks,
): { readonly device: string; readonly gateway?: string } | undefined {
  const own = userBridge && {
    device: userBridge.device,
    gateway: path.family === 'ipv6' ? userBridge.gateway.v6 : userBridge.gateway.v4,
  };
  if (server.kind === 'user-bridge') return own;
  if (server.kind === 'bridge' || server.kind === 'mapped') return defaultBridge;
  // A server in the host's stack is dialled by a neighbor at a bridge's own end; the default one has IPv4 only.
  return path.family === 'ipv6' ? own : defaultBridge;
}

/** The networks that bench makes for a run: what they are for decides whether they are made. */
export interface NetworkNeeds {
  /** At which one agent stands for the whole run. */
  readonly vantages: readonly Exclude<Vantage, 'inside'>[];
  /** How servers will be attached. */
  readonly servers: readonly ServerAttachment['kind'][];
  /** How many addresses the host's end of the link has: one, unless servers share a port. */
  readonly linkAddresses?: number;
  /** Whether some path goes by IPv6. */
  readonly ipv6: boolean;
}

export function needsLink({ vantages, servers }: NetworkNeeds): boolean {
  return vantages.includes('external') || servers.includes('macvlan');
}

/** A neighbor that dials the host by IPv6 does so at this bridge's own end: the default one has no IPv6. */
export function needsUserBridge({ vantages, servers, ipv6 }: NetworkNeeds): boolean {
  return servers.includes('user-bridge') || (ipv6 && vantages.includes('neighbor'));
}

export interface Making {
  readonly engine: Engine;
  readonly inspector: Inspector;
  readonly prefix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly owned: Teardown;
}

/** The engine's default bridge: its device, and the host's address on it. */
export async function findDefaultBridge({
  engine,
  inspector,
}: Pick<Making, 'engine' | 'inspector'>): Promise<RunNetworks['defaultBridge']> {
  const device = await engine.defaultBridgeDevice();
  if (device === undefined) return undefined;
  const { interfaces } = await inspector.call('stack', { pid: 'host' });
  const gateway = interfaces
    .find(({ name }) => name === device)
    ?.addresses.find((address) => !address.includes(':'));
  return { device, ...(gateway === undefined ? {} : { gateway }) };
}

/**
 * A bridge of the run's own, as `docker network create` makes one. With IPv6 only where a path needs it: the engine then
 * lets the whole host forward IPv6.
 */
export async function makeUserBridge(
  { engine, inspector, prefix, labels, owned }: Making,
  { ipv6 }: Pick<NetworkNeeds, 'ipv6'>,
) {
  const { subnet } = await inspector.call('free-subnet', {});
  const gateway = { v4: hostOf(subnet, 1), v6: `${ipv6Prefix(subnet)}::1` };
  const device = `${prefix}u`;
  const id = await engine.createNetwork({
    name: `${prefix}-user-bridge`,
    labels,
    subnets: [
      { subnet, gateway: gateway.v4 },
      ...(ipv6 ? [{ subnet: `${ipv6Prefix(subnet)}::/64`, gateway: gateway.v6 }] : []),
    ],
    kind: { driver: 'bridge', device },
  });
  owned.defer(() => engine.removeNetwork(id));
  if (ipv6) await inspector.call('certain-address', { device, address: `${gateway.v6}/64` });
  return { id, device, gateway };
}

/** macvlan children of the external link's host end. The lower half of the subnet is left to the link itself. */
export async function makeMacvlan(
  { engine, prefix, labels, owned }: Making,
  { device, subnet, host }: NonNullable<RunNetworks['link']>,
  { ipv6 }: Pick<NetworkNeeds, 'ipv6'>,
) {
  const prefix6 = ipv6Prefix(subnet);
  const id = await engine.createNetwork({
    name: `${prefix}-macvlan`,
    labels,
    subnets: [
      { subnet, gateway: host.v4, range: `${hostOf(subnet, 128)}/25` },
      ...(ipv6 ? [{ subnet: `${prefix6}::/64`, gateway: host.v6, range: `${prefix6}::1:0/112` }] : []),
    ],
    kind: { driver: 'macvlan', parent: device },
  });
  owned.defer(() => engine.removeNetwork(id));
  return { id };
}

/** The /24's address with this last byte. */
export function hostOf(subnet: string, last: number): string {
  return `${subnet.slice(0, subnet.lastIndexOf('.'))}.${last}`;
}

/**
 * A unique local IPv6 network (RFC 4193) for each /24 that is free: its third and fourth groups are those of the IPv4
 * network, so that it is free if that is.
 */
export function ipv6Prefix(subnet: string): string {
  const [a = 0, b = 0, c = 0] = subnet.split('.').map(Number);
  // One more, so that no group is 0 and the address is written as everybody else writes it (RFC 5952).
  return `fdbe:6e63:${(a * 256 + b).toString(16)}:${(c + 1).toString(16)}`;
}

/** A free /24 for the external link: .1 is the host's end, .2 the agent's. */
export async function chooseLink(
  inspector: Inspector,
  device: string,
  wanted: string | undefined,
): Promise<NonNullable<RunNetworks['link']>> {
  const { subnet } = await inspector.call('free-subnet', wanted === undefined ? {} : { wanted });
  const pair = (last: number): Pair => ({ v4: hostOf(subnet, last), v6: `${ipv6Prefix(subnet)}::${last}` });
  return { device, subnet, host: pair(1), peer: pair(2) };
}
