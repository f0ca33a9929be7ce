import { isAbsolute, resolve } from 'node:path';
import { endpointText } from '../../bench/model/connection.ts';
import type { Vantage } from '../../bench/model/path.ts';
import { present } from '../../bench/model/present.ts';
import { inHostStack, isPublished, type Route } from '../../bench/model/route.ts';
import { isOwnServer } from '../../bench/model/server.ts';
import {
  environmentOf,
  type Mount,
  type Service,
  type ServiceSettings,
  withPort,
} from '../../bench/model/service.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import type { Companion } from '../compose/companions.ts';
import { volumeName } from '../compose/companions-file.ts';
import type { Attachment, ContainerSpec, Publication } from '../engine/engine.ts';
import type { NativeOrder } from '../inspector/contract.ts';
import {
  agentPowers,
  holderPowers,
  inspectorPowers,
  type Powers,
  serveArguments,
  serverPowers,
} from '../powers.ts';
import { hostAddresses } from './addresses.ts';
import { agentCpus, type CpuPlaces, serverCpus } from './pinning.ts';

import type { HostSocket } from './ports.ts';
import type { RunNetworks } from './run-networks.ts';

/**
 * Every server in a container with its own stack listens on this port, unless it joins a container of the
 * user's.
 */
const containerPort = 8080;
const nodeProgram = '/opt/bench/bin/node.sh';
/** Waits until the inspector releases it, then becomes the command in its arguments. */
const heldProgram = '/opt/bench/bin/held.sh';

/** The command that starts a server, given its order and the addresses, `host:port`, to listen on. */
export type Serve = (order: DeploymentOrder, listen: readonly string[]) => readonly string[];

/** The settings that all containers of one run have in common. */
export interface RunContext {
  readonly image: string;
  /** Prefix of every name. It distinguishes a run's containers from those of other runs. */
  readonly prefix: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly cpus: CpuPlaces;
  /** Path, on the engine's host, of the file that counts the nanoseconds of each CPU, if there is one. */
  readonly cpuUsageFile?: string;
  readonly networks: RunNetworks;
  readonly serve?: Serve;
  /** The other services of the measured one's Compose file. */
  readonly companions?: readonly Companion[];
  /** Where a service's variables without values and its relative directories are looked up. */
  readonly caller?: Caller;
}

/** The surroundings of the command that the user typed. */
export interface Caller {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly directory: string;
  /** The variables that a service has in its Compose file, or in the container that it is a copy of. */
  readonly described?: Readonly<Record<string, string>>;
}

/** The container whose network stack a mapped server joins. It owns the address and the published port. */
export function holderSpec(order: DeploymentOrder, run: RunContext): ContainerSpec {
  return {
    name: `${run.prefix}-${order.nameSuffix}-holder`,
    image: run.image,
    command: ['sleep', 'infinity'],
    labels: run.labels,
    attachment: { kind: 'bridge' },
    powers: holderPowers,
    publish: [publication(order, run)],
    ...loopback6(order),
    ...serverCpus(run.cpus.now),
  };
}

/** @param holderId of the container whose stack a mapped server joins. */
export function serverSpec(
  order: DeploymentOrder,
  run: RunContext,
  holderId: string | undefined,
): ContainerSpec {
  const common = {
    name: `${run.prefix}-${order.nameSuffix}`,
    ...(order.service === undefined ? ownProgram(order, run) : serviceProgram(order.service, order, run)),
    labels: run.labels,
    ...serverCpus(run.cpus.now),
  };
  const own = { ...common, ...loopback6(order) };
  const { userBridge, macvlan } = run.networks;
  switch (order.route.server.kind) {
    case 'native':
      throw new Error(`${common.name} is a plain process and no container`);
    case 'host':
      return { ...common, attachment: { kind: 'host' } };
    case 'none':
      return { ...own, attachment: { kind: 'none' } };
    case 'bridge':
      return { ...own, attachment: { kind: 'bridge' }, publish: [publication(order, run)] };
    case 'user-bridge':
      return { ...own, attachment: onNetwork(userBridge), publish: [publication(order, run)] };
    case 'macvlan':
      return { ...own, attachment: onNetwork(macvlan) };
    case 'mapped':
      if (holderId === undefined) throw new Error(`${common.name} is mapped and has no holder`);
      return { ...common, attachment: { kind: 'container', id: holderId } };
  }
}

type Program = Pick<
  ContainerSpec,
  'image' | 'environment' | 'command' | 'powers' | 'binds' | 'user' | 'settings'
>;

function ownProgram(order: DeploymentOrder, run: RunContext): Program {
  return {
    image: run.image,
    environment: { BENCH_PADDING: 'x'.repeat(order.environmentPaddingBytes) },
    command: [...(isHeld(order) ? [heldProgram] : []), ...serveCommand(order, run)],
    powers: serverPowers(order),
  };
}

const nowhere: Caller = { env: {}, directory: '/' };

/** The user's image as `docker run` would start it: with the powers that the engine gives, and no word of bench's. */
function serviceProgram(service: Service, order: DeploymentOrder, run: RunContext): Program {
  const { caller = nowhere } = run;
  const port = inHostStack(order.route) ? order.hostPort : containerPortOf(order);
  const { image, mounts, command = [], user } = service;
  return {
    image,
    environment: environmentOf(service, port, { own: caller.env, described: caller.described ?? {} }),
    command: command.map((word) => withPort(word, port)),
    binds: mounts.map((mount) => bindOf(mount, run.prefix, caller)),
    ...present({ user, settings: settingsOf(service, order, run) }),
  };
}

/** In the host's stack there is no name server of the run's network: the others are in its /etc/hosts. */
function settingsOf(
  { settings }: Service,
  { route }: DeploymentOrder,
  { companions = [] }: RunContext,
): ServiceSettings | undefined {
  if (!inHostStack(route) || companions.length === 0) return settings;
  const lines = companions.flatMap(({ names, address }) => names.map((name) => `${name}:${address}`));
  return { ...settings, hosts: [...(settings?.hosts ?? []), ...lines] };
}

/** A source without a slash is a volume's name, as in `docker run`. */
function bindOf({ source, target, writable, ofRun }: Mount, prefix: string, { directory }: Caller): string {
  const isPlace = source.includes('/') || source.startsWith('.');
  const place = isPlace && !isAbsolute(source) ? resolve(directory, source) : source;
  return `${ofRun === true ? volumeName(prefix, place) : place}:${target}:${writable ? 'rw' : 'ro'}`;
}

/**
 * Whether a server waits before it listens, until the guard covers its address. On the engine's bridge that address is
 * known only when the container runs. Everywhere else it is known before. The user's service is started as it is, and
 * does not wait.
 */
export function isHeld({ route, service }: Pick<DeploymentOrder, 'route' | 'service'>): boolean {
  return route.server.kind === 'bridge' && service === undefined;
}

const serveByImage: Serve = ({ deployment, ...order }, listen) =>
  serveArguments({ ...order, server: deployment.server, listen });

/** The port on which a server listens inside its stack, unless that is the host's. */
export function containerPortOf({ joins, service }: Pick<DeploymentOrder, 'joins' | 'service'>): number {
  return joins?.containerPort ?? service?.port ?? containerPort;
}

/** Where a service in the host's stack listens, for all that bench knows: at every address. */
export const everywhere = '0.0.0.0';

/** Sockets of the host that a server takes, directly or by publishing its port. */
export function hostSockets(order: DeploymentOrder, run: RunContext): readonly HostSocket[] {
  const { route, joins, service } = order;
  if (service?.running !== undefined) return [];
  if (service !== undefined && inHostStack(route)) return [{ address: everywhere, port: order.hostPort }];
  if (joins !== undefined || (!inHostStack(route) && !isPublished(route))) return [];
  return hostAddresses(order, run.networks).map((address) => ({ address, port: order.hostPort }));
}

/** The same server, started without a container but exactly as the lab image starts it. */
export function nativeOrder(order: DeploymentOrder, run: RunContext): NativeOrder {
  const { server } = order.deployment;
  if (run.serve !== undefined || !isOwnServer(server)) {
    throw new Error('a server of another kind is never a plain process');
  }
  const { cpus } = serverCpus(run.cpus.now);
  return {
    server,
    bodyBytes: order.bodyBytes,
    listen: listenOn(order, run),
    paddingBytes: order.environmentPaddingBytes,
    ...present({ cpus, tls: order.tls, bulkBytes: order.bulkBytes }),
  };
}

function serveCommand(order: DeploymentOrder, run: RunContext): readonly string[] {
  return (run.serve ?? serveByImage)(order, listenOn(order, run));
}

function listenOn(order: DeploymentOrder, run: RunContext): readonly string[] {
  const { route, hostPort } = order;
  const port = containerPortOf(order);
  return inHostStack(route)
    ? hostAddresses(order, run.networks).map((address) => endpointText({ address, port: hostPort }))
    : [`0.0.0.0:${port}`, ...(isReachedByIpv6(route) ? [`[::]:${port}`] : [])];
}

/** On the other paths the container has no IPv6 address, and docker-proxy dials it by IPv4. */
export function isReachedByIpv6({ path, server }: Route): boolean {
  const hasAddress = server.kind === 'user-bridge' || server.kind === 'macvlan';
  return path.family === 'ipv6' && (hasAddress || path.vantage === 'inside');
}

/**
 * On a network without IPv6 an engine before 26.0 removes even ::1 from a container. Later engines turn IPv6
 * off on the network's interface only (moby#47062). This setting keeps ::1 on every engine. Only lo gets an
 * address by it.
 */
function loopback6({ route: { path } }: DeploymentOrder): Pick<ContainerSpec, 'sysctls'> {
  const dialled = path.vantage === 'inside' && path.family === 'ipv6' && path.mode !== 'host';
  return dialled ? { sysctls: { 'net.ipv6.conf.lo.disable_ipv6': '0' } } : {};
}

function publication(order: DeploymentOrder, run: RunContext): Publication {
  return {
    containerPort: containerPortOf(order),
    hostPort: order.hostPort,
    hostAddresses: hostAddresses(order, run.networks),
  };
}

function onNetwork(network: { readonly id: string } | undefined): Attachment {
  if (network === undefined) throw new Error('the server needs a network that the run has not created');
  return { kind: 'network', id: network.id };
}

/**
 * The network that an agent starts on, by its vantage. The inspector later connects the external agent to the
 * host.
 */
export const startsOn = {
  external: { kind: 'none' },
  host: { kind: 'host' },
  neighbor: { kind: 'bridge' },
} as const satisfies Record<Exclude<Vantage, 'inside'>, Attachment>;

/** The path at which the load agent finds `cpuUsageFile`. */
const cpuUsagePlace = '/host/cpuacct.usage_percpu';

/**
 * The load agent.
 * @param name name of its place: a vantage, or a name that distinguishes it from other agents there.
 */
export function agentSpec(
  name: string,
  attachment: Attachment,
  run: Omit<RunContext, 'networks'>,
  sysctls?: ContainerSpec['sysctls'],
): ContainerSpec {
  return {
    name: `${run.prefix}-agent-${name}`,
    image: run.image,
    command: [nodeProgram, '/opt/bench/agent.mjs'],
    labels: run.labels,
    attachment,
    powers: agentPowers,
    ...(run.cpuUsageFile === undefined ? {} : { binds: [`${run.cpuUsageFile}:${cpuUsagePlace}:ro`] }),
    attached: true,
    ...present({ sysctls }),
    ...agentCpus(run.cpus.now),
  };
}

/**
 * The only container with power over the host. It is as powerful as root there, and lives only during a run.
 * @param powers its permissions: no more than it needs here.
 */
export function inspectorSpec(
  run: Pick<RunContext, 'image' | 'prefix' | 'labels'>,
  powers: Powers = inspectorPowers,
): ContainerSpec {
  return {
    name: `${run.prefix}-inspector`,
    image: run.image,
    command: [nodeProgram, '/opt/bench/inspector.mjs'],
    // iptables takes its lock here (iptables(8)): the usual directory is read-only in this container.
    environment: { XTABLES_LOCKFILE: '/tmp/xtables.lock' },
    labels: run.labels,
    attachment: { kind: 'host' },
    inspecting: true,
    powers,
    binds: ['/sys/fs/cgroup:/host/cgroup:ro'],
    attached: true,
  };
}
