import { type Clock, systemClock } from '../../bench/model/clock.ts';
import type { Environment } from '../../bench/model/environment.ts';
import { Failure, messageOf } from '../../bench/model/failure.ts';
import type { LoadAgent } from '../../bench/model/load-agent.ts';
import type { PathFacts } from '../../bench/model/path-facts.ts';
import { present } from '../../bench/model/present.ts';
import { inHostStack, isPublished, type Route } from '../../bench/model/route.ts';
import type { Channel } from '../../bench/model/rpc.ts';
import type { Deployed, DeploymentOrder, DeployOutcome, Stage } from '../../bench/model/stage.ts';
import {
  assertRunning,
  type Companion,
  removeCompanions,
  type StartCompanions,
} from '../compose/companions.ts';
import type { Engine } from '../engine/engine.ts';
import { inspector as connectInspector, type Inspector } from '../inspector/client.ts';
import type { Machine } from '../inspector/contract.ts';
import { prefixOf, remarkOf } from '../labels.ts';
import { Teardown } from '../teardown.ts';
import { type Sharing, stageAgents } from './agents.ts';
import type { Caller, RunContext, Serve } from './containers.ts';
import { raiseGuard } from './guard.ts';
import { joinTarget, type MapTarget, mapTarget } from './map-target.ts';
import { moveToCpus } from './move-to-cpus.ts';
import { look, type Ready } from './observe.ts';
import { benchSeconds, here, otherProcesses } from './others.ts';
import { pathFacts } from './path-facts.ts';
import { type CpuPlaces, choosePinning, exchanged, hearOfCpus, untouched } from './pinning.ts';
import { probePlaces } from './probe-places.ts';
import { withLastWords } from './programs.ts';
import { ownPorts, proxyPlaces } from './proxy-places.ts';
import { publishingOf } from './publishing.ts';
import { readiness } from './readiness.ts';
import { agentCgroups, readingOf } from './reading.ts';
import { bridgeOf, doorsOf, type NetworkNeeds, type RunNetworks } from './run-networks.ts';
import { stageServers } from './servers.ts';
import { standAgents } from './stand-agents.ts';
import { startPlacing } from './start-inspector.ts';
import { usersBridgeOf } from './users-bridge.ts';

/**
 * The most servers that start at the same time. More would only wait for the engine and use up their time
 * limits.
 */
const mostAtOnce = 8;
const mostLinesCounted = 1_000;

export interface StageOptions {
  readonly engine: Engine;
  readonly image: string;
  readonly runId: string;
  readonly labels: Readonly<Record<string, string>>;
  /** What the run's paths need. It decides which agents stand and which networks are made. */
  readonly needs: NetworkNeeds;
  /**
   * Fits the run to the engine and its machine. It is called once, when both have been inspected and only the
   * inspector exists. `needs` and `mapTo` stay unchanged when absent.
   * @throws {Failure} unfit: what was requested cannot be measured here.
   */
  readonly fit?: (facts: PathFacts) => Pick<StageOptions, 'needs' | 'mapTo'>;
  /** A /24 for the run's own networks; a free one of 198.18.0.0/15 when absent. */
  readonly subnet?: string;
  /** Let the run's link and bridges through the host's firewall for the length of the run. */
  readonly openFirewall?: boolean;
  /** Whether a table of the run in the host's firewall keeps others from the servers. True when absent. */
  readonly guard?: boolean;
  /** The user's container that mapped servers join, and the routes of those of one round. */
  readonly mapTo?: { readonly container: string; readonly routes: readonly Route[] };
  /** The user's running container that is measured itself: nothing about it, its network or its CPUs is changed. */
  readonly existing?: string;
  readonly benchVersion: string;
  /**
   * The command that starts a server instead of the lab image's `serve.sh`, given the addresses to listen on.
   */
  readonly serve?: Serve;
  /** Id of the image of the user's service. */
  readonly serviceImage?: string;
  /** Where the command was typed: for what a service takes from there. */
  readonly caller?: Caller;
  /** Starts the other services of the measured one's Compose file. Absent: there are none. */
  readonly companions?: StartCompanions;
  /** Connects the load agent's client, which belongs to bench and not to the runtime. */
  readonly connectAgent: (channel: Channel, answerSeconds?: number) => LoadAgent;
  /** Several load agents at each vantage. Absent: one. */
  readonly sharing?: Sharing;
  /** The monotonic clock that times the start of servers; the system's when absent. */
  readonly monotonicSeconds?: Clock['monotonicSeconds'];
  /** Seconds that inspector and agents may take to answer before they count as gone. No limit when absent. */
  readonly answerSeconds?: number;
}

/**
 * Brings up what lives as long as a run, and gives the collecting loop its calls:
 *
 *   inspector → machine, subnet → one agent a vantage, with its link or networks → guard
 *     → the other services of a Compose file → [deploy → read … → clear] → dispose
 *
 * Agents and inspector exit by themselves when this process ends: their stdin ends.
 */
export async function startStage(options: StageOptions): Promise<Stage> {
  const { engine, existing } = options;
  await using started = new Teardown();
  const prefix = prefixOf(options.runId);
  const pinning =
    existing === undefined ? choosePinning(engine.about.cpuCount, options.sharing?.agents) : untouched;
  const cpus: CpuPlaces = { now: pinning };
  const shared = { image: options.image, prefix, labels: options.labels, cpus };

  const { container: inspectorContainer, refused: placing } = await startPlacing(engine, shared, started);
  const inspector = connectInspector(inspectorContainer.channel, options.answerSeconds);
  const machine = await inspector
    .call('machine', { dataRoot: engine.about.dataRoot })
    .catch((error: unknown) => {
      throw withLastWords(error, inspectorContainer);
    });
  const connect = (channel: Channel) => options.connectAgent(channel, options.answerSeconds);
  const daemon = machine.daemon === undefined ? {} : { daemon: machine.daemon.pid };
  const { cpuUsageFile } = machine;
  const agentRun = { ...shared, ...present({ cpuUsageFile }) };
  const agents = stageAgents(engine, agentRun, connect, started, options.sharing);
  const proxies = proxyPlaces(inspector, cpus, placing);
  const publishing = publishingOf(machine, engine.about.version, inspector);
  const fit = options.fit?.(await pathFacts(engine, machine, publishing)) ?? options;
  const needs = { ...fit.needs, ...present({ subnet: options.subnet }) };
  const making = { engine, inspector, prefix, labels: options.labels, owned: started };
  const usersBridge = existing === undefined ? undefined : await usersBridgeOf(existing, making);
  const networks = { ...(await standAgents(needs, agents, making)), ...present({ usersBridge }) };
  // A guard would keep the own clients of a running container from it.
  const wanted = existing === undefined && (options.guard ?? true);
  const guarding = { prefix, remark: remarkOf(options.labels), networks, wanted };
  const guard = await raiseGuard(inspector, guarding, started);
  const firewallOpened =
    options.openFirewall === true ? await openFirewall(inspector, networks, options, started) : [];
  const companions = await startedCompanions(options, { prefix, networks, cpus, started });
  const run: RunContext = {
    ...shared,
    networks,
    companions,
    ...present({ serve: options.serve, caller: options.caller }),
  };
  const target = await joinedTarget({ engine, mapTo: fit.mapTo }, inspector, networks);
  const now = options.monotonicSeconds ?? systemClock.monotonicSeconds;
  const servers = stageServers(engine, inspector, run, guard, now);

  const { refusals, startReady } = readiness({
    engine,
    inspector,
    run,
    servers,
    agents,
    machine,
    publishing,
    firewallOpened: firewallOpened.length > 0,
    now,
  });

  const running = new Map<Deployed, Ready>();
  const runningOrders = () => [...running.values()].map(({ order }) => order);
  started.defer(clear);

  /** First processes of the run's containers: servers, but for plain processes, and load agents. */
  async function ownContainers(): Promise<readonly number[]> {
    const servers = [...running.values()].filter(({ order }) => order.route.server.kind !== 'native');
    return [...servers.map(({ server }) => server), ...companions, ...(await agentContainers())].map(
      ({ pid }) => pid,
    );
  }

  async function agentContainers() {
    return (await agents.all()).flatMap(({ members }) => members);
  }

  async function clear(): Promise<void> {
    running.clear();
    await agents.clear();
    await servers.clear();
  }

  const places = probePlaces({
    making: { engine, inspector, prefix, labels: options.labels },
    run: agentRun,
    networks,
    connect,
  });

  const teardown = started.move();
  return {
    get environment(): Environment {
      return {
        benchVersion: options.benchVersion,
        nodeVersion: process.version,
        engine: { ...engineFacts(engine), ...publishing.known },
        ...machineFacts(machine),
        ...(existing === undefined ? { guard: guard.made } : {}),
        ...(firewallOpened.length === 0 ? {} : { firewallOpened: [...firewallOpened] }),
        image: options.image,
        pinning:
          cpus.now.kind === 'shared' ? cpus.now : { ...pinning, ...present({ proxiesRoam: proxies.roam }) },
        ...present({ linkSubnet: networks.link?.subnet, serviceImage: options.serviceImage }),
      };
    },

    agent: (deployed) => standing(running, deployed).agent.agent,

    async deploy(ordered, { oneByOne = false } = {}) {
      await assertRunning(engine, companions);
      const orders = target === undefined ? ordered : joinTarget(ordered, target, networks);
      const refused = await refusals(orders);
      await guard.keepSockets(orders, run);
      if (target !== undefined) await guard.keepJoined(orders, target);
      const most = oneByOne ? 1 : mostAtOnce;
      const atOnce = Math.min(most, orders.length);
      const start = (order: DeploymentOrder) => startReady(order, refused.get(order), atOnce);
      const attempts = await Promise.allSettled(limited(orders, most, start));
      const ready = attempts.flatMap((it) => (it.status === 'fulfilled' ? [it.value] : []));
      await proxies.follow(ready.map(({ order }) => order));
      const settings = await publishing.learn(ready);
      const host = await inspector.call('stack', { pid: 'host' });
      const looking = { engine, inspector, networks, publishing: settings, host };
      const outcomes: DeployOutcome[] = [];
      for (const [index, order] of orders.entries()) {
        const attempt = attempts[index];
        try {
          if (attempt?.status !== 'fulfilled') throw attempt?.reason;
          const deployed = await look(attempt.value, looking);
          running.set(deployed, attempt.value);
          outcomes.push({ ok: true, deployed });
        } catch (error) {
          outcomes.push({ ok: false, order, error: deployFailure(error) });
        }
      }
      return outcomes;
    },

    async read(deployed, edge) {
      const { server, agent, order } = standing(running, deployed);
      const { route, hostPort } = order;
      const native = route.server.kind === 'native';
      const overBridge = !inHostStack(route) || route.agent.kind === 'neighbor';
      const bridge = overBridge ? bridgeOf(route, networks)?.device : undefined;
      const link = route.agent.kind === 'linked' ? networks.link?.device : undefined;
      const containers = await ownContainers();
      const others = [...(await agentContainers()), ...companions].map(({ pid }) => pid);
      const loading = agent.members.map(({ pid }) => pid);
      const idle = others.filter((pid) => !loading.includes(pid));
      // CPU time is read next to the load, as by the inspector: the slice excludes this process's own work on
      // a snapshot.
      const spentBefore = benchSeconds(machine, here);
      const snapshot = await inspector.call('snapshot', {
        edge,
        cgroups: { ...(native ? {} : { server: server.pid }), ...agentCgroups(loading) },
        ...(native ? { processes: { server: server.pid } } : {}),
        ...daemon,
        containers,
        idle,
        stacks: inHostStack(route) ? {} : { server: server.pid },
        hostInterfaces: [link, bridge].filter((device) => device !== undefined),
        ports: isPublished(route) ? [hostPort] : [],
      });
      const spent = edge === 'before' ? benchSeconds(machine, here) : spentBefore;
      return readingOf(snapshot, { port: hostPort, link, bridge }, spent);
    },

    async exchangeCpus(wanted) {
      if (pinning.kind === 'shared' || cpus.now.kind === 'shared') return false;
      const before = cpus.now;
      await moveToCpus(wanted ? exchanged(pinning) : pinning, cpus, { servers, agents });
      if (cpus.now !== before) await proxies.follow(runningOrders());
      return wanted && cpus.now.kind === 'disjoint';
    },

    async otherProcesses() {
      const natives = [...running.values()].filter(({ order }) => order.route.server.kind === 'native');
      const containers = [...(await ownContainers()), ...natives.map(({ server }) => server.pid)];
      const ours = { ...daemon, containers, ports: ownPorts(runningOrders()) };
      return otherProcesses(inspector, machine, ours, here);
    },

    async linesLogged(deployed) {
      const { serverId } = standing(running, deployed).server;
      if (serverId === undefined) return 0;
      // Some log drivers keep nothing that can be read back.
      const text = await engine.lastLines(serverId, mostLinesCounted).catch(() => '');
      return text === '' ? 0 : text.split('\n').length;
    },

    readKernel(deployed) {
      const { server, agent } = standing(running, deployed);
      return inspector.call('kernel-counters', { server: server.pid, agent: agent.pid });
    },

    agentBeside: (deployed) => places.beside(standing(running, deployed).agent),
    lookupPlaces: () => places.forLookups(),
    connectionRoom: () => inspector.call('connection-room', {}),

    clear,

    async [Symbol.asyncDispose]() {
      await teardown[Symbol.asyncDispose]();
    },
  };
}

/** The facts about the engine that a run records. */
function engineFacts({ about }: Pick<Engine, 'about'>): Environment['engine'] {
  const { version, apiVersion, endpoint, operatingSystem, storageDriver, cgroupVersion, rootless } = about;
  return { version, apiVersion, endpoint, operatingSystem, storageDriver, cgroupVersion, rootless };
}

/** The facts about the engine's machine that a run records. */
function machineFacts(machine: Machine) {
  const { kernel, cpuModel, cpuCount, memoryBytes, firewall, network, sysctls, serverVersions } = machine;
  const { cpuGovernor, hypervisor, irqTimeAccounting, timerHz, mitigations } = machine;
  return {
    ...{ kernel, cpuModel, cpuCount, memoryBytes, firewall, network, sysctls, serverVersions },
    ...present({ cpuGovernor, hypervisor, irqTimeAccounting, timerHz, mitigations }),
  } satisfies Partial<Environment>;
}

/** A lost engine ends the run. Any other fault costs one server its round. */
function deployFailure(reason: unknown): Failure {
  if (!(reason instanceof Failure)) return new Failure('casesFailed', messageOf(reason), { cause: reason });
  if (reason.kind === 'partial') throw reason;
  return reason;
}

function standing(running: ReadonlyMap<Deployed, Ready>, deployed: Deployed): Ready {
  const found = running.get(deployed);
  if (found === undefined) throw new Error(`${deployed.url} is not deployed`);
  return found;
}

/**
 * Starts the other services, on the run's network and on the CPUs of the servers, because what they do is part of what
 * the measured one does. They are removed with the run.
 */
async function startedCompanions(
  { engine, image, labels, companions }: StageOptions,
  {
    prefix,
    networks,
    cpus,
    started,
  }: {
    readonly prefix: string;
    readonly networks: RunNetworks;
    readonly cpus: CpuPlaces;
    readonly started: Teardown;
  },
): Promise<readonly Companion[]> {
  if (companions === undefined) return [];
  if (networks.userBridge === undefined) throw new Error('the other services have no network');
  const place = { prefix, labels, image, network: networks.userBridge.name };
  started.defer(() => removeCompanions(engine, place));
  const running = await companions(place);
  for (const { id } of running) {
    if (cpus.now.kind === 'disjoint') hearOfCpus(cpus, await engine.moveToCpus(id, cpus.now.serverCpus));
  }
  return running;
}

/** The container to join, if there is one. Its ports are checked to be enough for the servers that follow. */
async function joinedTarget(
  { engine, mapTo }: Pick<StageOptions, 'engine'> & { readonly mapTo: StageOptions['mapTo'] | undefined },
  inspector: Inspector,
  networks: RunNetworks,
): Promise<MapTarget | undefined> {
  if (mapTo === undefined) return undefined;
  const target = await mapTarget(engine, inspector, mapTo.container);
  const orders = mapTo.routes.map((route) => ({ route, hostPort: 0, addressIndex: 0 }));
  joinTarget(orders, target, networks);
  return target;
}

/**
 * Inserts one rule for each of the run's doors, for as long as the run lives. Resolves to the commands that
 * inserted them.
 */
async function openFirewall(
  inspector: Inspector,
  networks: RunNetworks,
  { runId, labels }: Pick<StageOptions, 'runId' | 'labels'>,
  owned: Teardown,
): Promise<readonly string[]> {
  owned.defer(() => inspector.call('close-firewall', { runId }));
  const order = { doors: doorsOf(networks), remark: remarkOf(labels) };
  const { commands } = await inspector.call('open-firewall', order);
  return commands;
}

/** Starts at most `most` at a time, in order. */
function limited<T, R>(
  items: readonly T[],
  most: number,
  start: (item: T) => Promise<R>,
): readonly Promise<R>[] {
  const running: Promise<unknown>[] = [];
  return items.map((item, index) => {
    const earlier = running[index - most] ?? Promise.resolve();
    const result = earlier.then(() => start(item));
    running.push(result.catch(() => undefined));
    return result;
  });
}
