import { Failure } from '../../bench/model/failure.ts';
import type { Vantage } from '../../bench/model/path.ts';
import { present } from '../../bench/model/present.ts';
import type { Route, ServerAttachment } from '../../bench/model/route.ts';
import type { Engine, NetworkSpec } from '../engine/engine.ts';
import type { Inspector } from '../inspector/client.ts';
import type { DetourOrder, Door } from '../inspector/contract.ts';
import { runLabel } from '../labels.ts';
import type { Teardown } from '../teardown.ts';
import { linkIn, type Pair, userBridgeIn } from './run-subnet.ts';

/** The host's interfaces by which packets of a run arrive at the host itself. */
export function doorsOf({ link, defaultBridge, userBridge }: RunNetworks): readonly Door[] {
  return [
    ...(link === undefined ? [] : [{ device: link.device }]),
    // Other containers are on this bridge. Only packets from the run's own agent are let in.
    ...(defaultBridge?.neighbor === undefined
      ? []
      : [{ device: defaultBridge.device, source: defaultBridge.neighbor }]),
    ...(userBridge === undefined ? [] : [{ device: userBridge.device }]),
  ];
}

/** The networks that servers and agents of a run may be attached to, besides the host's stack. */
export interface RunNetworks {
  /** The external link: a veth pair between the host and the stack of the external agent. */
  readonly link?: {
    readonly device: string;
    /** The run's /24, of which the link has a part. */
    readonly subnet: string;
    readonly host: Pair;
    readonly peer: Pair;
  };
  /** The engine's default bridge, where it has one. */
  readonly defaultBridge?: {
    readonly device: string;
    readonly gateway?: string;
    /** Address of the load agent that stands on it for the whole run. */
    readonly neighbor?: string;
  };
  readonly userBridge?: {
    readonly id: string;
    readonly name: string;
    readonly device: string;
    /** Its own networks, IPv4 and IPv6. */
    readonly networks: Pair;
    readonly gateway: Pair;
  };
  readonly macvlan?: { readonly id: string };
  /** The bridge of the user's running container that is measured. It is neither made nor changed. */
  readonly usersBridge?: { readonly device: string; readonly gateway: string };
}

/** The bridge that a server is on: the host's end of it, and the host's addresses there. */
export function bridgeOf(
  { server, path }: Pick<Route, 'server' | 'path'>,
  { defaultBridge, userBridge, usersBridge }: RunNetworks,
): { readonly device: string; readonly gateway?: string } | undefined {
  if (usersBridge !== undefined) return usersBridge;
  const own = userBridge && {
    device: userBridge.device,
    gateway: path.family === 'ipv6' ? userBridge.gateway.v6 : userBridge.gateway.v4,
  };
  if (server.kind === 'user-bridge') return own;
  if (server.kind === 'bridge' || server.kind === 'mapped') return defaultBridge;
  // A neighbor dials a server in the host's stack at the host's end of a bridge. The default bridge has IPv4
  // only.
  return path.family === 'ipv6' ? own : (defaultBridge ?? own);
}

/** The needs of a run. They decide which networks bench makes for it. */
export interface NetworkNeeds {
  /** The vantages at which an agent stands for the whole run. */
  readonly vantages: readonly Exclude<Vantage, 'inside'>[];
  /** How servers will be attached. */
  readonly servers: readonly ServerAttachment['kind'][];
  /** How many addresses the host's end of the link has: one, unless servers share a port. */
  readonly linkAddresses?: number;
  /** Whether other services of a Compose file are started, which stand on a bridge of bench's own. */
  readonly companions?: boolean;
  /** Whether some path goes by IPv6. */
  readonly ipv6: boolean;
  /** Whether an IPv6 path goes over a bridge of bench's own. The same as `ipv6` when absent. */
  readonly bridgeIpv6?: boolean;
}

/**
 * IPv6 on a bridge makes the engine change the whole host. It is on only if a path over the bridge needs it.
 */
export function bridgeHasIpv6({ ipv6, bridgeIpv6 = ipv6 }: NetworkNeeds): boolean {
  return bridgeIpv6;
}

export function needsLink({ vantages, servers }: NetworkNeeds): boolean {
  return vantages.includes('external') || servers.includes('macvlan');
}

/**
 * A neighbor that dials the host by IPv6 dials the host's end of this bridge: the default bridge has no IPv6.
 * If the engine has no default bridge, every neighbor is on this one.
 */
export function needsUserBridge(
  { vantages, servers, ipv6, companions = false }: NetworkNeeds,
  hasDefaultBridge: boolean,
): boolean {
  if (companions) return true;
  return servers.includes('user-bridge') || ((ipv6 || !hasDefaultBridge) && vantages.includes('neighbor'));
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
  const bridge = await engine.defaultBridge();
  if (!bridge.exists) return undefined;
  const { device } = bridge;
  const { interfaces } = await inspector.call('stack', { pid: 'host' });
  const gateway = interfaces
    .find(({ name }) => name === device)
    ?.addresses.find((address) => !address.includes(':'));
  return { device, ...present({ gateway }) };
}

/**
 * A bridge of the run's own, as `docker network create` makes one. It has IPv6 only if a path needs it,
 * because the engine then lets the whole host forward IPv6.
 */
export async function makeUserBridge(
  { engine, inspector, prefix, labels, owned }: Making,
  subnet: string,
  needs: NetworkNeeds,
) {
  const ipv6 = bridgeHasIpv6(needs);
  const { gateway, first, networks } = userBridgeIn(subnet);
  const device = `${prefix}u`;
  const name = `${prefix}-user-bridge`;
  const id = await makeNetwork(engine, owned, {
    name,
    labels,
    subnets: [
      { subnet: networks.v4, gateway: gateway.v4 },
      ...(ipv6 ? [{ subnet: networks.v6, gateway: gateway.v6 }] : []),
    ],
    kind: { driver: 'bridge', device },
  });
  if (ipv6) await inspector.call('certain-address', { device, address: `${gateway.v6}/64` });
  await assertLeadsOver(inspector, { device, from: gateway.v4, to: first });
  return { id, name, device, networks, gateway };
}

/**
 * Makes macvlan children of the external link's host end, in a part of its subnet that nothing else takes.
 */
export async function makeMacvlan(
  { engine, prefix, labels, owned }: Making,
  { device, subnet, host }: NonNullable<RunNetworks['link']>,
  { ipv6 }: Pick<NetworkNeeds, 'ipv6'>,
) {
  const { networks, macvlans } = linkIn(subnet);
  const id = await makeNetwork(engine, owned, {
    name: `${prefix}-macvlan`,
    labels,
    subnets: [
      { subnet: networks.v4, gateway: host.v4, range: macvlans.v4 },
      ...(ipv6 ? [{ subnet: networks.v6, gateway: host.v6, range: macvlans.v6 }] : []),
    ],
    kind: { driver: 'macvlan', parent: device },
  });
  return { id };
}

/** Makes a network that `owned` removes, even if the engine's answer is lost. Resolves to its id. */
async function makeNetwork(engine: Engine, owned: Teardown, spec: NetworkSpec): Promise<string> {
  owned.defer(async () => {
    const label = `${runLabel}=${spec.labels[runLabel]}`;
    for (const { id, name } of await engine.networks(label))
      if (name === spec.name) await engine.removeNetwork(id);
  });
  return await engine.createNetwork(spec);
}

/**
 * Checks that packets go over the run's own device. The run's routes are in the main table and are the most
 * specific there, but the kernel may ask another table first.
 * @throws {Failure} unfit: packets go elsewhere. The message says where.
 */
export async function assertLeadsOver(inspector: Inspector, order: DetourOrder): Promise<void> {
  const { over } = await inspector.call('detour', order);
  if (over === undefined) return;
  throw new Failure(
    'unfit',
    `this machine sends packets to ${order.to} over ${over}, not over the run's own ${order.device}`,
    {
      hint: 'A policy routing rule looks in that table before the main one. List the rules with: ip rule. Name another /24 that the table does not route (--subnet or BENCH_SUBNET), or stop the VPN that added the rule.',
    },
  );
}
