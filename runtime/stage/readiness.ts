import { carrierOf, usualPublishing } from '../../bench/model/carrier.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { LoadAgent, ProbeOrder, ProbeResult } from '../../bench/model/load-agent.ts';
import { present } from '../../bench/model/present.ts';
import { inHostStack } from '../../bench/model/route.ts';
import type { RunningSource } from '../../bench/model/service.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import type { Engine } from '../engine/engine.ts';
import type { Inspector } from '../inspector/client.ts';
import type { Machine } from '../inspector/contract.ts';
import type { Agents } from './agents.ts';
import { containerPortOf, hostSockets, isReachedByIpv6, type RunContext } from './containers.ts';
import { listensElsewhere } from './listens-elsewhere.ts';
import { listenersOf, type Ready } from './observe.ts';
import { containerOf, holderOf, portTaken } from './ports.ts';
import { endedFailure, lastLinesShown } from './programs.ts';
import type { Publishing } from './publishing.ts';
import { nameOf, type RunningServer, type Servers } from './servers.ts';
import { serverStart } from './start-times.ts';
import { entranceOf, unreached } from './unreached.ts';

/** How long a fresh server of bench's own may take to answer, in seconds. */
const readyWithinSeconds = 10;
/** How long a server is asked the first time, before it is seen whether it still runs, and how long at most, in seconds. */
const firstAskSeconds = 1;
const longestAskSeconds = 8;

function probeOf({ bodyBytes, service, request }: DeploymentOrder, url: string): ProbeOrder {
  if (service === undefined) return { url, expectedBodyBytes: bodyBytes, withinSeconds: readyWithinSeconds };
  const asked = request?.path === service.readyPath ? request : undefined;
  return {
    url: new URL(service.readyPath, url).href,
    ...present({ request: asked }),
    withinSeconds: service.readySeconds,
    ...(service.running === undefined ? {} : { once: true }),
  };
}

interface Surroundings {
  readonly engine: Engine;
  readonly inspector: Inspector;
  readonly run: RunContext;
  readonly servers: Servers;
  readonly agents: Agents;
  readonly machine: Machine;
  readonly publishing: Publishing;
  /** Whether the run's own packets are let through the host's firewall. */
  readonly firewallOpened: boolean;
  /** The monotonic clock, seconds. */
  readonly now: () => number;
}

/** Below it, only a process with a capability for that may listen in the host's stack; in a container's own, any. */
const firstUnprivilegedPort = 1024;

/** Docker sets net.ipv4.ip_unprivileged_port_start to 0 in stacks of its own making, and leaves the host's as it is. */
function withPrivilegedPort(error: unknown, { route, hostPort, service }: DeploymentOrder): unknown {
  const mayBe = service !== undefined && inHostStack(route) && hostPort < firstUnprivilegedPort;
  if (!mayBe || !(error instanceof Failure)) return error;
  if (!/permission denied|EACCES/i.test(error.hint ?? '')) return error;
  const advice = `In host mode only root may listen on port ${hostPort}. Tell the service another port (--port-env, or {port} in --command or --env), or start it with --user root.`;
  return new Failure(error.kind, error.message, { hint: `${advice} ${error.hint}`, cause: error });
}

/** Of a container that is not bench's own, neither sockets nor log lines are read. */
function silent(
  { container }: RunningSource,
  { agent }: DeploymentOrder['route'],
  url: string,
  problem: string,
): Failure {
  const link =
    agent.kind === 'linked'
      ? " If it answers from the host, a firewall stops packets from bench's link: leave out this path, with --path and the others."
      : '';
  return new Failure(
    'casesFailed',
    `the container ${container} gave no usable answer at ${url}: ${problem}`,
    {
      hint: `bench asked once. Check the port in the container (--port), the path (--request-path) and the status (--expect-status).${link}`,
    },
  );
}

/** Brings up one server, and waits until it answers its agent or is known not to. */
export function readiness({
  engine,
  inspector,
  run,
  servers,
  agents,
  machine,
  publishing,
  firewallOpened,
  now,
}: Surroundings) {
  /** The failures of servers that want a socket that is taken. Each names the socket's holder. */
  async function refusals(
    orders: readonly DeploymentOrder[],
  ): Promise<ReadonlyMap<DeploymentOrder, Failure>> {
    const { listeners } = await inspector.call('stack', { pid: 'host' });
    const refused = new Map<DeploymentOrder, Failure>();
    for (const order of orders) {
      const holder = holderOf(hostSockets(order, run), listeners);
      if (holder === undefined) continue;
      const container = await containerOf(engine, holder.pid);
      refused.set(order, portTaken(order, { ...holder, ...present({ container }) }));
    }
    return refused;
  }

  /** Seconds in which an agent has asked servers that did not answer. */
  const inVain = new WeakMap<LoadAgent, number>();

  /** @param atOnce how many servers are started at once. */
  async function startReady(
    order: DeploymentOrder,
    refused: Failure | undefined,
    atOnce: number,
  ): Promise<Ready> {
    if (refused !== undefined) throw refused;
    const server = await servers.start(order).catch((error: unknown) => {
      throw withPrivilegedPort(error, order);
    });
    const url = await servers.urlOf(order, server);
    const agent = await agents.forOrder(order, server.serverId);
    const probe = await answerOf(agent.agent, probeOf(order, url), server);
    if (!probe.ready) throw withPrivilegedPort(await notReady(order, server, url, probe.lastProblem), order);
    return { order, server, agent, url, start: serverStart(server.marks, now(), order, atOnce) };
  }

  /**
   * Asks a server until it answers, has ended, or the time is up. It is asked for longer each time. An agent serves one
   * call after the other, so that a service that never answers would keep it from asking the others. The time of each
   * server therefore includes the time in which its agent asked others in vain.
   */
  async function answerOf(
    agent: LoadAgent,
    order: ProbeOrder,
    { serverId }: RunningServer,
  ): Promise<ProbeResult> {
    const vainSeconds = () => inVain.get(agent) ?? 0;
    const givesUpAt = vainSeconds() + order.withinSeconds;
    for (
      let seconds = order.once === true ? order.withinSeconds : firstAskSeconds;
      ;
      seconds = Math.min(2 * seconds, longestAskSeconds)
    ) {
      const withinSeconds = Math.min(seconds, Math.max(givesUpAt - vainSeconds(), firstAskSeconds));
      const result = await agent.probe({ ...order, withinSeconds });
      if (result.ready || order.once === true) return result;
      inVain.set(agent, vainSeconds() + withinSeconds);
      const ended = serverId !== undefined && (await engine.inspect(serverId))?.running !== true;
      if (ended || vainSeconds() >= givesUpAt) return result;
    }
  }

  /**
   * The failure of a server that exited contains its last words. That of a server that runs but is not
   * reached says what was tried.
   */
  async function notReady(
    order: DeploymentOrder,
    server: RunningServer,
    url: string,
    problem: string,
  ): Promise<Failure> {
    const name = nameOf(order);
    const { serverId } = server;
    const { running } = order.service ?? {};
    if (running !== undefined) return silent(running, order.route, url, problem);
    const state = serverId === undefined ? undefined : await engine.inspect(serverId);
    const native =
      serverId === undefined ? await inspector.call('native-state', { pid: server.pid }) : undefined;
    if (native?.running === false) {
      return new Failure('casesFailed', `${name} exited before it answered`, {
        hint: `Its last lines:\n${native.lastLines || '(none)'}`,
      });
    }
    if (serverId !== undefined && state?.running !== true) {
      return endedFailure(engine, { id: serverId }, name, state);
    }
    const { path } = order.route;
    if (serverId !== undefined && order.service !== undefined) {
      const port = inHostStack(order.route) ? order.hostPort : containerPortOf(order);
      const listeners = await listenersOf(inspector, order.route, server.pid);
      const { withinSeconds } = probeOf(order, url);
      const lines = await engine.lastLines(serverId, lastLinesShown);
      const elsewhere = listensElsewhere({
        name,
        service: order.service,
        port,
        byIpv6: inHostStack(order.route) ? path.family === 'ipv6' : isReachedByIpv6(order.route),
        listeners,
        withinSeconds,
        lines,
      });
      if (elsewhere !== undefined) return elsewhere;
    }
    return unreached({
      name,
      url,
      withinSeconds: probeOf(order, url).withinSeconds,
      problem,
      entrance: entranceOf(order.route, carrierOf(path, publishing.known ?? usualPublishing), run.networks),
      inputPolicy: path.family === undefined ? machine.inputPolicy : machine.inputPolicy6,
      opened: firewallOpened,
      host: await inspector.call('stack', { pid: 'host' }),
      lines: native?.lastLines ?? (await engine.lastLines(serverId ?? '', lastLinesShown)),
      ...(serverId === undefined ? {} : { container: `${run.prefix}-${order.nameSuffix}` }),
    });
  }

  return { refusals, startReady };
}
