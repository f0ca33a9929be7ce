import { endpointText } from '../../bench/model/connection.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { Listener, NetworkStack } from '../../bench/model/network-stack.ts';
import { pathId } from '../../bench/model/path.ts';
import { present } from '../../bench/model/present.ts';
import type { Route } from '../../bench/model/route.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import type { ContainerState, Engine, PublishedPort } from '../engine/engine.ts';
import type { Inspector } from '../inspector/client.ts';
import { dialledOnHost, loopbackAddress } from './addresses.ts';
import type { RunNetworks } from './run-networks.ts';

/** A container of the user's that mapped servers join (`--map-to`). bench starts, stops and removes nothing of it. */
export interface MapTarget {
  readonly id: string;
  readonly name: string;
  /** Its own addresses, IPv4 and IPv6. */
  readonly addresses: readonly string[];
  readonly published: readonly PublishedPort[];
  /** The published ports on which nothing listens inside: a mapped server can take them. */
  readonly free: readonly PublishedPort[];
  /** Whether its stack has ::1. An engine before 26.0 removes it from containers on networks without IPv6. */
  readonly loopback6: boolean;
  /**
   * Set if its published ports lead over a network other than the default bridge: all its networks, and that
   * one.
   */
  readonly elsewhere?: { readonly networks: readonly string[]; readonly over: string };
}

/** The engine's name for the network of its default bridge. */
const defaultNetwork = 'bridge';

/**
 * A mapped server of a round, and the host's address that its path dials. `undefined` if the path dials an
 * address that is not the host's.
 */
interface MappedServer {
  readonly path: string;
  readonly dials: string | undefined;
}

/**
 * Looks at the container that mapped servers are to join.
 * @throws {Failure} unfit: there is none, it has stopped, or it has no network stack of its own to be joined.
 */
export async function mapTarget(engine: Engine, inspector: Inspector, wanted: string): Promise<MapTarget> {
  const state = await engine.inspect(wanted);
  if (state === undefined) {
    throw new Failure('unfit', `there is no container ${wanted} to map servers to`, {
      hint: 'List all containers with: docker ps -a',
    });
  }
  assertJoinable(state);
  const { listeners, interfaces, routes } = await inspector.call('stack', { pid: state.pid });
  const { id, name, published } = state;
  const addresses = [state.address, state.address6].filter((address) => address !== undefined);
  const loopback6 = interfaces.some(({ addresses }) => addresses.includes('::1'));
  const elsewhere = publishedElsewhere(state, routes);
  return {
    ...{ id, name, addresses, published, loopback6 },
    free: published.filter((port) => !isHeld(port, listeners)),
    ...present({ elsewhere }),
  };
}

/**
 * If a container is on several networks, the engine uses one of them for all traffic in and out. The gateway
 * of the container's stack is on it, and the published ports lead there (moby, libnetwork/sandbox.go,
 * getGatewayEndpoint).
 */
function publishedElsewhere(
  { networks }: ContainerState,
  routes: NetworkStack['routes'],
): MapTarget['elsewhere'] {
  const way = routes.find(({ destination, gateway }) => destination === 'default' && gateway !== undefined);
  const over = networks.find(({ gateway }) => gateway !== undefined && gateway === way?.gateway)?.name;
  if (over === undefined || over === defaultNetwork) return undefined;
  return { networks: networks.map(({ name }) => name).sort(), over };
}

function assertJoinable(state: ContainerState): void {
  const { name, running, exitCode, networkMode, networks, requestedPorts } = state;
  if (!running) {
    throw new Failure('unfit', `the container ${name} has stopped (exit code ${exitCode})`, {
      hint: `A mapped server joins the network stack of a running container. Start it with: docker start ${name}`,
    });
  }
  if (networkMode === 'host') {
    const discarded =
      requestedPorts.length === 0
        ? ''
        : ` Docker discards its published ports (${requestedPorts.join(', ')}), because host mode publishes none.`;
    throw new Failure('unfit', `the container ${name} is in host mode: its network stack is the host's`, {
      hint: `A server mapped to it would be in host mode too. Measure that instead: --mode host.${discarded}`,
    });
  }
  const joined = /^container:(.+)$/.exec(networkMode)?.[1];
  if (joined !== undefined) {
    throw new Failure(
      'unfit',
      `the container ${name} is mapped itself: it uses the network stack of another container`,
      {
        hint: `Map to that container: --map-to ${joined.slice(0, 12)}`,
      },
    );
  }
  const startedThere = networkMode === 'default' || networkMode === defaultNetwork;
  if (!startedThere || !networks.some((network) => network.name === defaultNetwork)) {
    const names = networks.map((network) => network.name).sort();
    const where = startedThere ? names.join(', ') || 'none' : networkMode;
    throw new Failure('unfit', `the container ${name} is on the network ${where}`, {
      hint: "bench can check the path of mapped servers only on Docker's default bridge. Map to a container on that bridge.",
    });
  }
}

function isHeld({ containerPort }: PublishedPort, listeners: readonly Listener[]): boolean {
  return listeners.some(({ protocol, port }) => protocol === 'tcp' && port === containerPort);
}

/**
 * Lets the mapped servers of a round join a container. Each server gets the port that its path reaches from
 * outside. If nothing has to be published, the server gets the port that it drew.
 * @throws {Failure} unfit: as `portsFor`, or a path dials ::1 and the container's stack has none.
 */
export function joinTarget<T extends JoiningOrder>(
  orders: readonly T[],
  target: MapTarget,
  networks: RunNetworks,
): readonly T[] {
  const mapped = orders.filter(({ route }) => route.server.kind === 'mapped');
  for (const { route } of mapped) assertHasLoopback(route, target);
  const ports = portsFor(
    mapped.map((order) => ({ path: pathId(order.route.path), dials: dialledFromOutside(order, networks) })),
    target,
  );
  return orders.map((order) => {
    const index = mapped.indexOf(order);
    if (index < 0) return order;
    const port = ports[index];
    const hostPort = port?.hostPort ?? order.hostPort;
    return {
      ...order,
      hostPort,
      joins: { containerId: target.id, containerPort: port?.containerPort ?? order.hostPort },
    };
  });
}

function assertHasLoopback({ path }: Route, { name, loopback6 }: MapTarget): void {
  if (path.vantage !== 'inside' || path.family === undefined || loopback6) return;
  throw new Failure('unfit', `the container ${name} has no ::1: IPv6 is switched off in its network stack`, {
    hint: 'Start it with --sysctl net.ipv6.conf.lo.disable_ipv6=0, or measure --path mapped/inside.',
  });
}

type JoiningOrder = Pick<DeploymentOrder, 'route' | 'hostPort' | 'addressIndex' | 'joins'>;

function dialledFromOutside(order: JoiningOrder, networks: RunNetworks): string | undefined {
  if (order.route.dialled.port !== 'host') return undefined;
  return dialledOnHost(order, networks) ?? loopbackAddress(order);
}

/**
 * The published port that each of a round's mapped servers takes. `undefined` for a server that is dialled
 * where nothing has to be published.
 * @throws {Failure} unfit: the container publishes no port, no free port, or none on the dialled address; or
 *   its published ports lead over a network other than the default bridge.
 */
export function portsFor(
  servers: readonly MappedServer[],
  target: MapTarget,
): readonly (PublishedPort | undefined)[] {
  const left = [...target.free];
  return servers.map(({ path, dials }) => {
    if (dials === undefined) return undefined;
    if (target.elsewhere !== undefined) throw leadsElsewhere(target.name, target.elsewhere);
    const index = left.findIndex((port) => reaches(port, dials));
    const [port] = index < 0 ? [] : left.splice(index, 1);
    if (port !== undefined) return port;
    throw noPort(target, path, dials);
  });
}

/** Whether a port is published on the dialled address, or on every address of its family. */
function reaches({ hostAddress }: PublishedPort, dials: string): boolean {
  const all = dials.includes(':') ? '::' : '0.0.0.0';
  return hostAddress === dials || hostAddress === all || hostAddress === '';
}

function leadsElsewhere(name: string, { networks, over }: NonNullable<MapTarget['elsewhere']>): Failure {
  const count = { 2: 'two', 3: 'three' }[networks.length] ?? networks.length;
  return new Failure(
    'unfit',
    `the container ${name} is on ${count} networks (${networks.join(', ')}): its published ports use ${over}`,
    {
      hint: `bench can check the path of mapped servers only on Docker's default bridge. Disconnect the container from ${over}: docker network disconnect ${over} ${name}\n${otherwise}`,
    },
  );
}

const otherwise =
  "Docker cannot add a port to an existing container. Measure by the container's own address: --path mapped/host/container";

function noPort({ name, free, published }: MapTarget, path: string, dials: string): Failure {
  if (published.length === 0) {
    return new Failure('unfit', `the container ${name} publishes no port, so ${path} cannot reach it`, {
      hint: otherwise,
    });
  }
  if (free.length === 0) {
    const ports = published.map(({ containerPort }) => containerPort).join(', ');
    return new Failure(
      'unfit',
      `every port that the container ${name} publishes (${ports}) is in use inside it, so a mapped server cannot listen there`,
      { hint: otherwise },
    );
  }
  const reached = free.filter((port) => reaches(port, dials));
  if (reached.length === 0) {
    const where = free
      .map((port) => endpointText({ address: port.hostAddress, port: port.hostPort }))
      .join(', ');
    return new Failure('unfit', `the container ${name} publishes ${where}, but ${path} dials ${dials}`, {
      hint: otherwise,
    });
  }
  return new Failure(
    'unfit',
    `the container ${name} publishes ${reached.length} free port${reached.length === 1 ? '' : 's'}, too few for all mapped servers of a round`,
    { hint: 'Measure one server at a time (--server nginx), or fewer mapped paths.' },
  );
}
