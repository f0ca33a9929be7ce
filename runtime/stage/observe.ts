import { carrierOf, type PublishingSettings } from '../../bench/model/carrier.ts';
import { type ClaimKind, claimsOf, observedFindings } from '../../bench/model/claims.ts';
import { sameEndpoint } from '../../bench/model/connection.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { Listener } from '../../bench/model/network-stack.ts';
import type { ConnectionSeen, Observed, ProcessPlace } from '../../bench/model/observed.ts';
import { present } from '../../bench/model/present.ts';
import { inHostStack, type Route } from '../../bench/model/route.ts';
import type { ServerStart } from '../../bench/model/server-start.ts';
import type { Deployed, DeploymentOrder } from '../../bench/model/stage.ts';
import type { Engine } from '../engine/engine.ts';
import type { Inspector } from '../inspector/client.ts';
import type { NetworkStack } from '../inspector/contract.ts';
import { linkAddress } from './addresses.ts';
import type { StandingAgent } from './agents.ts';
import { containerPortOf } from './containers.ts';
import { pidOf } from './programs.ts';
import { rawStanding } from './raw-evidence.ts';
import type { RunNetworks } from './run-networks.ts';
import { nameOf, type RunningServer } from './servers.ts';

/** A server that answers, and the agent that it answered. */
export interface Ready {
  readonly order: DeploymentOrder;
  readonly server: RunningServer;
  readonly agent: StandingAgent;
  readonly url: string;
  readonly start: ServerStart;
}

interface Looking {
  readonly engine: Engine;
  readonly inspector: Inspector;
  readonly networks: RunNetworks;
  readonly publishing: PublishingSettings;
  /** The host's stack, with all that has been deployed. */
  readonly host: NetworkStack;
}

/**
 * Observes a server's place and one connection to it. Call it only when all servers have started: each new
 * container changes the host's stack.
 */
export async function look(
  { order, server, agent, url, start }: Ready,
  { engine, inspector, networks, publishing, host }: Looking,
): Promise<Deployed> {
  const { route, hostPort } = order;
  const connection = await lookAtConnection(inspector, { order, server, agent, url });
  const own = await inspector.call('stack', { pid: server.pid });
  const holder =
    server.holderId === undefined
      ? undefined
      : await inspector.call('stack', {
          pid: await pidOf(engine, { id: server.holderId }, `the holder of ${nameOf(order)}`),
        });
  const listeningPids =
    order.service === undefined
      ? []
      : await listenersInContainer(inspector, { host, hostPort, pid: server.pid });
  const claims = claimsFor(order, publishing);
  const standing: Observed = {
    host,
    server: own,
    ...present({ holder }),
    hostPort,
    serverPid: server.pid,
    ...(listeningPids.length === 0 ? {} : { listeningPids }),
    ...(networks.link === undefined ? {} : { link: networks.link.device }),
    ...(route.agent.kind === 'inside'
      ? { agentNamespace: (await inspector.call('place', { pid: agent.pid })).namespaces.net.own }
      : {}),
    ...(route.server.kind === 'native'
      ? { process: await inspector.call('place', { pid: server.pid }) }
      : {}),
    connection,
  };
  return {
    order,
    url,
    start,
    claims,
    findings: observedFindings(claims, standing),
    raw: rawStanding(standing, [hostPort, containerPortOf(order)], linkAddress(order, networks)),
    standing,
  };
}

/**
 * The processes that listen on a port of the host and are in the same container as a server's first process. A service
 * may be started by a shell or a package manager, which listens nowhere itself.
 */
async function listenersInContainer(
  inspector: Inspector,
  { host, hostPort, pid }: { readonly host: NetworkStack; readonly hostPort: number; readonly pid: number },
): Promise<readonly number[]> {
  const owners = host.listeners.flatMap((it) => (it.port === hostPort ? (it.pid ?? []) : []));
  const others = owners.filter((owner) => owner !== pid);
  return [...(await inContainerOf(inspector, pid, others))];
}

/** Which of some processes of the host are in the same container as a server's first process. */
async function inContainerOf(
  inspector: Inspector,
  pid: number,
  others: readonly number[],
): Promise<ReadonlySet<number>> {
  const each = [...new Set(others)];
  if (each.length === 0) return new Set();
  const { cgroup } = await inspector.call('place', { pid });
  const places = await Promise.all(each.map((other) => placeIfAlive(inspector, other)));
  return new Set(each.filter((_, index) => places[index]?.cgroup === cgroup));
}

/** Other people's processes come and go. */
async function placeIfAlive(inspector: Inspector, pid: number): Promise<ProcessPlace | undefined> {
  try {
    return await inspector.call('place', { pid });
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'partial') throw error;
    return undefined;
  }
}

/** The sockets on which the processes of a server's container wait for connections, whichever stack they are in. */
export async function listenersOf(
  inspector: Inspector,
  route: Route,
  pid: number,
): Promise<readonly Listener[]> {
  if (!inHostStack(route)) return (await inspector.call('stack', { pid })).listeners;
  const { listeners } = await inspector.call('stack', { pid: 'host' });
  const own = await inContainerOf(
    inspector,
    pid,
    listeners.flatMap((it) => it.pid ?? []),
  );
  return listeners.filter((it) => it.pid !== undefined && own.has(it.pid));
}

/** Both sides of one connection, while the agent holds it open. */
async function lookAtConnection(
  inspector: Inspector,
  { order, server, agent, url }: Omit<Ready, 'start'>,
): Promise<ConnectionSeen> {
  const held = await agent.agent.hold(url, order.request);
  try {
    const ends = {
      agent: { address: held.localAddress, port: held.localPort },
      dialled: { address: held.remoteAddress, port: held.remotePort },
    };
    const serverPort = inHostStack(order.route) ? order.hostPort : containerPortOf(order);
    const seen = await inspector.call('held-connection', { serverPid: server.pid, serverPort, ...ends });
    // A container of the user's that runs has clients of its own. Who they are is recorded nowhere.
    const peers =
      order.service?.running === undefined
        ? seen.peers
        : seen.peers.filter((peer) => sameEndpoint(peer, ends.agent) || peer.command === 'docker-proxy');
    return { ...ends, ...seen, peers };
  } finally {
    await agent.agent.release();
  }
}

/** Counters that must stay flat, and to which the own clients of a running container add. */
const flatClaims: readonly ClaimKind[] = ['no-dnat', 'proxy-flat'];

/** The claims about a route that must hold, given how this engine publishes ports. */
function claimsFor({ route, service }: DeploymentOrder, publishing: PublishingSettings): Deployed['claims'] {
  const all = claimsOf(route, carrierOf(route.path, publishing), publishing.userlandProxy);
  return service?.running === undefined ? all : all.filter((kind) => !flatClaims.includes(kind));
}
