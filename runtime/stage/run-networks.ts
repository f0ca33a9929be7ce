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

/** By which interfaces of the host packets of a run come in to the host itself. */
export function doorsOf({ link, defaultBridge, userBridge }: RunNetworks): readonly Door[] {
  return [
    ...(link === undefined ? [] : [{ device: link.device }]),
    // Other containers are on it: only what comes from the run's own agent.
    ...(defaultBridge?.neighbor === undefined
      ? []
      : [{ device: defaultBridge.device, source: defaultBridge.neighbor }]),
    ...(userBridge === undefined ? [] : [{ device: userBridge.device }]),
  ];
}

/** What the servers and agents of a run may be attached to, besides the host's stack. */
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
    /** Of the load agent that stands on it for the whole run. */
    readonly neighbor?: string;
  };
  readonly userBridge?: {
    readonly id: string;
    readonly device: string;
    /** Its own, IPv4 and IPv6. */
    readonly networks: Pair;
    readonly gateway: Pair;
  };
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
  return path.family === 'ipv6' ? own : (defaultBridge ?? own);
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
  /** Whether one of them goes over a bridge of bench's own; as `ipv6` when absent. */
  readonly bridgeIpv6?: boolean;
}

/** With IPv6 a bridge makes the engine change the whole host, so it has that only where a path over it needs it. */
export function bridgeHasIpv6({ ipv6, bridgeIpv6 = ipv6 }: NetworkNeeds): boolean {
  return bridgeIpv6;
}

export function needsLink({ vantages, servers }: NetworkNeeds): boolean {
  return vantages.includes('external') || servers.includes('macvlan');
}

/**
 * A neighbor that dials the host by IPv6 does so at this bridge's own end: the default one has no IPv6. Where the engine
 * has no default bridge, every neighbor stands on this one.
 */
export function needsUserBridge(
  { vantages, servers, ipv6 }: NetworkNeeds,
  hasDefaultBridge: boolean,
): boolean {
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
 * A bridge of the run's own, as `docker network create` makes one. With IPv6 only where a path needs it: the engine then
 * lets the whole host forward IPv6.
 */
export async function makeUserBridge(
  { engine, inspector, prefix, labels, owned }: Making,
  subnet: string,
  needs: NetworkNeeds,
) {
  const ipv6 = bridgeHasIpv6(needs);
  const { gateway, first, networks } = userBridgeIn(subnet);
  const device = `${prefix}u`;
  const id = await makeNetwork(engine, owned, {
    name: `${prefix}-user-bridge`,
    labels,
    subnets: [
      { subnet: networks.v4, gateway: gateway.v4 },
      ...(ipv6 ? [{ subnet: networks.v6, gateway: gateway.v6 }] : []),
    ],
    kind: { driver: 'bridge', device },
  });
  if (ipv6) await inspector.call('certain-address', { device, address: `${gateway.v6}/64` });
  await assertLeadsOver(inspector, { device, from: gateway.v4, to: first });
  return { id, device, networks, gateway };
}

/** macvlan children of the external link's host end, in a part of its subnet that nobody else takes. */
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

/** A network that `owned` removes, also where the engine's answer to its order is lost. Resolves to its id. */
async function makeNetwork(engine: Engine, owned: Teardown, spec: NetworkSpec): Promise<string> {
  owned.defer(async () => {
    const label = `${runLabel}=${spec.labels[runLabel]}`;
    for (const { id, name } of await engine.networks(label))
      if (name === spec.name) await engine.removeNetwork(id);
  });
  return await engine.createNetwork(spec);
}

/**
 * The run's own routes are in the main table, and are the most specific there: but another table may be asked first.
 * @throws {Failure} unfit: where the packets go instead.
 */
export async function assertLeadsOver(inspector: Inspector, order: DetourOrder): Promise<void> {
  const { over } = await inspector.call('detour', order);
  if (over === undefined) return;
  throw new Failure(
    'unfit',
    `this machine sends packets to ${order.to} over ${over}, not over the run's own ${order.device}`,
    {
      hint: 'A rule of its policy routing asks that table before the main one: ip rule. Name another /24, one that the table does not route (--subnet or BENCH_SUBNET), or stop the VPN that made the rule.',
    },
  );
}
