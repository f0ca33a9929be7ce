import type { Environment } from '../../bench/model/environment.ts';
import { Failure, messageOf } from '../../bench/model/failure.ts';
import type { Deployed, DeploymentOrder, DeployOutcome, Lab, Standing } from '../../bench/model/lab.ts';
import type { LoadAgent } from '../../bench/model/load-agent.ts';
import { urlOf } from '../../bench/model/network-modes.ts';
import type { Vantage } from '../../bench/model/path.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type { Engine } from '../engine/engine.ts';
import { inspector as connectInspector, type Inspector } from '../inspector/client.ts';
import { Teardown } from '../teardown.ts';
import {
  agentSpec,
  containerPort,
  holderSpec,
  hostSockets,
  inspectorSpec,
  type RunContext,
  type Serve,
  serverSpec,
} from './containers.ts';
import { choosePinning } from './pinning.ts';
import { containerOf, holderOf, portTaken } from './ports.ts';
import { endedFailure, pidOf, startAttached, withLastWords } from './programs.ts';
import { rawStanding } from './raw-evidence.ts';
import { readingOf } from './reading.ts';
import { standingFindings } from './standing.ts';
import { unreached } from './unreached.ts';

/** How long a fresh server may take to answer, in seconds. */
const readyWithinSeconds = 10;

export interface LabOptions {
  readonly engine: Engine;
  readonly image: string;
  readonly runId: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly vantages: readonly Vantage[];
  /** A /24 for the external link; a free one of 198.18.0.0/15 when absent. */
  readonly subnet?: string;
  /** Let the external link through the host's firewall for the length of the run. */
  readonly openFirewall?: boolean;
  readonly benchVersion: string;
  /** How a server is started, where not by the lab image's `serve.sh`: the command, given what it is to listen on. */
  readonly serve?: Serve;
  /** The load agent's client: bench's, not ours. */
  readonly connectAgent: (channel: Channel, answerSeconds?: number) => LoadAgent;
  /** How long inspector and agents may take to answer before they count as gone; for ever when absent. */
  readonly answerSeconds?: number;
}

interface Running {
  readonly serverId: string;
  readonly holderId: string | undefined;
  readonly pid: number;
}

interface Ready {
  readonly order: DeploymentOrder;
  readonly server: Running;
  readonly url: string;
}

/**
 * Brings up what lives as long as a run, and gives the collecting loop its six calls:
 *
 *   inspector → machine, subnet → one agent a vantage → external link → [deploy → read … → clear] → dispose
 *
 * Agents and inspector leave by themselves when this process dies: their stdin ends.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { engine } = options;
  await using started = new Teardown();
  const prefix = `bench-${options.runId.slice(-4)}`;
  const pinning = choosePinning(engine.about.cpuCount);
  const shared = { image: options.image, prefix, labels: options.labels, pinning };

  const inspectorContainer = await startAttached(engine, inspectorSpec(shared), started);
  const inspector = connectInspector(inspectorContainer.channel, options.answerSeconds);
  const machine = await inspector
    .call('machine', { dataRoot: engine.about.dataRoot })
    .catch((error: unknown) => {
      throw withLastWords(error, inspectorContainer);
    });
  const link = options.vantages.includes('external')
    ? await chooseLink(inspector, options.subnet)
    : undefined;
  const run: RunContext = {
    ...shared,
    ...(link === undefined ? {} : { linkAddress: link.hostAddress }),
    ...(options.serve === undefined ? {} : { serve: options.serve }),
  };

  const firewallOpened: string[] = [];
  const agents = new Map<Vantage, { readonly agent: LoadAgent; readonly pid: number }>();
  for (const vantage of options.vantages) {
    const container = await startAttached(engine, agentSpec(vantage, run), started);
    const pid = await pidOf(engine, container, `the load agent at ${vantage}`);
    if (vantage === 'external' && link !== undefined) {
      const { hostAddress, peerAddress } = link;
      await inspector.call('create-link', { name: prefix, pid, hostAddress, peerAddress });
      started.defer(async () => {
        await inspector.call('delete-link', { name: prefix });
      });
      if (options.openFirewall === true) {
        started.defer(async () => {
          await inspector.call('close-firewall', { link: prefix });
        });
        const { commands } = await inspector.call('open-firewall', { link: prefix, runId: options.runId });
        firewallOpened.push(...commands);
      }
    }
    agents.set(vantage, { agent: options.connectAgent(container.channel, options.answerSeconds), pid });
  }

  const running = new Map<Deployed, Running>();
  const created = new Set<string>();
  started.defer(clear);
  let userlandProxy = machine.daemon?.userlandProxy;

  function agentAt(vantage: Vantage) {
    const found = agents.get(vantage);
    if (found === undefined) throw new Error(`no load agent stands at ${vantage}`);
    return found;
  }

  async function startServer(order: DeploymentOrder): Promise<Running> {
    let holderId: string | undefined;
    if (order.route.server.kind === 'mapped') {
      const holder = await engine.create(holderSpec(order, run));
      created.add(holder.id);
      await holder.start();
      holderId = holder.id;
    }
    const server = await engine.create(serverSpec(order, run, holderId));
    created.add(server.id);
    await server.start();
    return { serverId: server.id, holderId, pid: await pidOf(engine, server, nameOf(order)) };
  }

  async function whereIs(order: DeploymentOrder, { serverId, holderId }: Running): Promise<string> {
    const state = await engine.inspect(holderId ?? serverId);
    return urlOf(order.route, {
      ...(run.linkAddress === undefined ? {} : { linkAddress: run.linkAddress }),
      hostPort: order.hostPort,
      containerPort,
      ...(state?.address === undefined ? {} : { containerAddress: state.address }),
    });
  }

  /** Which servers cannot have a socket that they want, and who has it. */
  async function refusals(
    orders: readonly DeploymentOrder[],
  ): Promise<ReadonlyMap<DeploymentOrder, Failure>> {
    const { listeners } = await inspector.call('stack', { pid: 'host' });
    const refused = new Map<DeploymentOrder, Failure>();
    for (const order of orders) {
      const holder = holderOf(hostSockets(order, run), listeners);
      if (holder === undefined) continue;
      const container = await containerOf(engine, holder.pid);
      refused.set(order, portTaken(order, { ...holder, ...(container === undefined ? {} : { container }) }));
    }
    return refused;
  }

  async function startReady(order: DeploymentOrder, refused: Failure | undefined): Promise<Ready> {
    if (refused !== undefined) throw refused;
    const server = await startServer(order);
    const url = await whereIs(order, server);
    const { agent } = agentAt(order.route.path.vantage);
    const probe = await agent.probe({
      url,
      expectedBodyBytes: order.bodyBytes,
      withinSeconds: readyWithinSeconds,
    });
    if (!probe.ready) throw await notReady(order, server, url, probe.lastProblem);
    return { order, server, url };
  }

  /** Looks at where a server stands. Only when all have started: each new container changes the host's stack. */
  async function look({ order, server, url }: Ready): Promise<Deployed> {
    // Right after one another: a container that the user starts meanwhile changes the host's stack as well.
    const host = await inspector.call('stack', { pid: 'host' });
    const own = await inspector.call('stack', { pid: server.pid });
    const holder =
      server.holderId === undefined
        ? undefined
        : await inspector.call('stack', {
            pid: await pidOf(engine, { id: server.holderId }, `the holder of ${nameOf(order)}`),
          });
    const standing: Standing = {
      host,
      server: own,
      ...(holder === undefined ? {} : { holder }),
      hostPort: order.hostPort,
      serverPid: server.pid,
    };
    const deployed: Deployed = {
      order,
      url,
      findings: standingFindings(order.route.claims, standing),
      raw: rawStanding(standing, [order.hostPort, containerPort], run.linkAddress),
      standing,
    };
    running.set(deployed, server);
    return deployed;
  }

  /** A server that exited says so with its last words; one that runs but is not reached says what was tried. */
  async function notReady(
    order: DeploymentOrder,
    server: Running,
    url: string,
    problem: string,
  ): Promise<Failure> {
    const name = nameOf(order);
    const state = await engine.inspect(server.serverId);
    if (state?.running !== true) return endedFailure(engine, { id: server.serverId }, name, state);
    return unreached({
      order,
      name,
      url,
      withinSeconds: readyWithinSeconds,
      problem,
      inputPolicy: machine.inputPolicy,
      opened: firewallOpened.length > 0,
      host: await inspector.call('stack', { pid: 'host' }),
      lines: await engine.lastLines(server.serverId, 8),
      container: `${run.prefix}-${order.nameSuffix}`,
    });
  }

  async function clear(): Promise<void> {
    const ids = [...created].reverse();
    created.clear();
    running.clear();
    await Promise.all(ids.map((id) => engine.remove(id)));
  }

  const teardown = started.move();
  return {
    get environment(): Environment {
      return {
        benchVersion: options.benchVersion,
        nodeVersion: process.version,
        engine: {
          version: engine.about.version,
          apiVersion: engine.about.apiVersion,
          endpoint: engine.about.endpoint,
          operatingSystem: engine.about.operatingSystem,
          storageDriver: engine.about.storageDriver,
          cgroupVersion: engine.about.cgroupVersion,
          rootless: engine.about.rootless,
          ...(userlandProxy === undefined ? {} : { userlandProxy }),
        },
        kernel: machine.kernel,
        cpuModel: machine.cpuModel,
        cpuCount: machine.cpuCount,
        memoryBytes: machine.memoryBytes,
        ...(machine.cpuGovernor === undefined ? {} : { cpuGovernor: machine.cpuGovernor }),
        firewall: machine.firewall,
        network: machine.network,
        ...(firewallOpened.length === 0 ? {} : { firewallOpened }),
        sysctls: machine.sysctls,
        image: options.image,
        serverVersions: machine.serverVersions,
        pinning,
        ...(link === undefined ? {} : { linkSubnet: link.subnet }),
      };
    },

    agent: (vantage) => agentAt(vantage).agent,

    async deploy(orders) {
      const refused = await refusals(orders);
      const started = await Promise.allSettled(orders.map((order) => startReady(order, refused.get(order))));
      const outcomes: DeployOutcome[] = [];
      for (const [index, order] of orders.entries()) {
        const attempt = started[index];
        try {
          if (attempt?.status !== 'fulfilled') throw attempt?.reason;
          outcomes.push({ ok: true, deployed: await look(attempt.value) });
        } catch (error) {
          outcomes.push({ ok: false, order, error: deployFailure(error) });
        }
      }
      return outcomes;
    },

    async read(deployed, edge) {
      const server = running.get(deployed);
      if (server === undefined) throw new Error(`${deployed.url} is not deployed`);
      const { route, hostPort } = deployed.order;
      const ownStack = route.server.kind !== 'host';
      const snapshot = await inspector.call('snapshot', {
        edge,
        cgroups: { server: server.pid, agent: agentAt(route.path.vantage).pid },
        stacks: ownStack ? { server: server.pid } : {},
        hostInterfaces: route.path.vantage === 'external' ? [prefix] : [],
        ports: ownStack ? [hostPort] : [],
      });
      if (ownStack) userlandProxy ??= snapshot.proxies[hostPort] !== undefined;
      return readingOf(snapshot, hostPort, prefix);
    },

    clear,

    async [Symbol.asyncDispose]() {
      await teardown[Symbol.asyncDispose]();
    },
  };
}

/** An engine that went away ends the run; any other fault costs one server its round. */
function deployFailure(reason: unknown): Failure {
  if (!(reason instanceof Failure)) return new Failure('casesFailed', messageOf(reason), { cause: reason });
  if (reason.kind === 'partial') throw reason;
  return reason;
}

function nameOf({ deployment }: DeploymentOrder): string {
  return `${deployment.server} (${deployment.path})`;
}

/** A free /24 for the external link: .1 is the host's end, .2 the agent's. */
async function chooseLink(inspector: Inspector, wanted: string | undefined) {
  const { subnet } = await inspector.call('free-subnet', wanted === undefined ? {} : { wanted });
  const network = subnet.slice(0, subnet.lastIndexOf('.'));
  return { subnet, hostAddress: `${network}.1`, peerAddress: `${network}.2` };
}
