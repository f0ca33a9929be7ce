import { carrierOf, usualPublishing } from '../../bench/model/carrier.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { ProbeOrder } from '../../bench/model/load-agent.ts';
import { present } from '../../bench/model/present.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import type { Engine } from '../engine/engine.ts';
import type { Inspector } from '../inspector/client.ts';
import type { Machine } from '../inspector/contract.ts';
import type { Agents } from './agents.ts';
import { hostSockets, type RunContext } from './containers.ts';
import type { Ready } from './observe.ts';
import { containerOf, holderOf, portTaken } from './ports.ts';
import { endedFailure } from './programs.ts';
import type { Publishing } from './publishing.ts';
import { nameOf, type RunningServer, type Servers } from './servers.ts';
import { serverStart } from './start-times.ts';
import { entranceOf, unreached } from './unreached.ts';

/** How long a fresh server of bench's own may take to answer, in seconds. */
const readyWithinSeconds = 10;

function probeOf({ bodyBytes, service, request }: DeploymentOrder, url: string): ProbeOrder {
  if (service === undefined) return { url, expectedBodyBytes: bodyBytes, withinSeconds: readyWithinSeconds };
  const asked = request?.path === service.readyPath ? request : undefined;
  return {
    url: new URL(service.readyPath, url).href,
    ...present({ request: asked }),
    withinSeconds: service.readySeconds,
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

  /** @param atOnce how many servers are started at once. */
  async function startReady(
    order: DeploymentOrder,
    refused: Failure | undefined,
    atOnce: number,
  ): Promise<Ready> {
    if (refused !== undefined) throw refused;
    const server = await servers.start(order);
    const url = await servers.urlOf(order, server);
    const agent = await agents.forOrder(order, server.serverId);
    const probe = await agent.agent.probe(probeOf(order, url));
    if (!probe.ready) throw await notReady(order, server, url, probe.lastProblem);
    return { order, server, agent, url, start: serverStart(server.marks, now(), order, atOnce) };
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
    return unreached({
      name,
      url,
      withinSeconds: probeOf(order, url).withinSeconds,
      problem,
      entrance: entranceOf(order.route, carrierOf(path, publishing.known ?? usualPublishing), run.networks),
      inputPolicy: path.family === undefined ? machine.inputPolicy : machine.inputPolicy6,
      opened: firewallOpened,
      host: await inspector.call('stack', { pid: 'host' }),
      lines: native?.lastLines ?? (await engine.lastLines(serverId ?? '', 8)),
      ...(serverId === undefined ? {} : { container: `${run.prefix}-${order.nameSuffix}` }),
      ...(order.service === undefined ? {} : { service: order.service }),
    });
  }

  return { refusals, startReady };
}
