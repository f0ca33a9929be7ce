import { fakeLoadAgent, fakeWindows } from '../agent/load-agent.fake.ts';
import { team } from '../agent/team.ts';
import { type Deployment, deploymentId } from '../model/case.ts';
import { claims, counterFindings, usualClaims } from '../model/claims.ts';
import type { ConnectionRoom } from '../model/connection-room.ts';
import type { Environment } from '../model/environment.ts';
import type { Failure } from '../model/failure.ts';
import type { KernelReading } from '../model/kernel-counters.ts';
import {
  type LoadAgent,
  measureAlone,
  type SliceCount,
  type SliceOrder,
  type TurnsOrder,
} from '../model/load-agent.ts';
import type { NetworkStack } from '../model/network-stack.ts';
import { present } from '../model/present.ts';
import type { Reading } from '../model/reading.ts';
import { inHostStack } from '../model/route.ts';
import type { Deployed, DeploymentOrder, Stage } from '../model/stage.ts';
import type { Survey } from '../model/survey.ts';
import { urlOf } from '../model/whereabouts.ts';

export interface FakeStageOptions {
  /** What a survey finds unusual about its servers. */
  readonly survey?: Partial<Survey>;
  readonly linesLogged?: number;
  readonly seed: number;
  /** Median latency of a path, seconds. */
  readonly medianSeconds: (order: DeploymentOrder) => number;
  /** Requests that the server of a path works on at the same time; any number if left out. */
  readonly mostAtOnce?: (order: DeploymentOrder) => number;
  /** The failure of a server that does not start. */
  readonly refuse?: (order: DeploymentOrder) => Failure | undefined;
  /** The error of the agent in place of the nth slice of the run. */
  readonly agentFails?: { readonly nth: number; readonly error: Error };
  /** Deployments whose packets are carried by docker-proxy, whatever their path claims. */
  readonly proxied?: (order: DeploymentOrder) => boolean;
  /** The error of the agent in place of closing its connections at the end of a round. */
  readonly letGoFails?: Error;
  /** Deployments of the same key share one agent. If left out, all of them share one. */
  readonly agentEach?: (deployment: Deployment) => string | undefined;
  /** Agents that share the load of a deployment. One if left out. */
  readonly agentsEach?: number;
  /** The kernel's counters of a deployment, that has had so many packets. None if left out. */
  readonly kernel?: (deployment: Deployment, packets: number) => KernelReading;
  readonly environment?: Partial<Environment>;
  /** Room for connections in the host's stack, each time it is asked for; enough if left out. */
  readonly room?: () => ConnectionRoom;
  /** Time that passes in calls. */
  readonly pass?: (seconds: number) => void;
  readonly onSlice?: (nth: number, order: SliceOrder) => void;
  /** The windows of an order that several agents share. No agent is late if left out. */
  readonly windowsOf?: (order: TurnsOrder) => Pick<SliceCount, 'windows'>;
  /** Called before the nth order of several turns is carried out. The order waits for the returned value. */
  readonly onTurns?: (order: TurnsOrder, nth: number) => unknown;
}

/** Of the server that does nothing. */
const nullServerUrl = 'http://127.0.0.1:8079/';

const fakeStack: NetworkStack = { namespace: 'net:[1]', interfaces: [], routes: [], listeners: [] };

/** A stage without a machine: seeded latencies, counters that grow as the paths demand, and a journal of calls. */
export function fakeStage(options: FakeStageOptions): Stage & { readonly journal: readonly string[] } {
  const journal: string[] = [];
  const standing = new Map<string, Deployed>();
  const environment: Environment = { ...fakeEnvironment, ...options.environment };
  let slices = 0;
  let turns = 0;
  let exchanged = false;
  const grown = new Map<string, Totals>();
  const agents = new Map<string, LoadAgent>();

  const inner = fakeLoadAgent({
    seed: options.seed,
    ...present({ survey: options.survey }),
    ...present({ pass: options.pass }),
    serverAt(url) {
      if (url === nullServerUrl) return { medianSeconds: 1e-3 };
      const deployed = standing.get(placeOf(url));
      if (deployed === undefined) return undefined;
      const { order } = deployed;
      return {
        medianSeconds: options.medianSeconds(order),
        ...present({ mostAtOnce: options.mostAtOnce?.(order) }),
      };
    },
  });

  async function slice(order: SliceOrder): Promise<SliceCount> {
    if (order.url === nullServerUrl) {
      journal.push('load on nothing');
      return measureAlone(inner, order);
    }
    slices += 1;
    options.onSlice?.(slices, order);
    const deployed = standing.get(placeOf(order.url));
    journal.push(`slice ${deployed === undefined ? order.url : deploymentId(deployed.order.deployment)}`);
    if (options.agentFails?.nth === slices) throw options.agentFails.error;
    const count = await measureAlone(inner, order);
    if (deployed !== undefined) {
      const from = grown.get(placeOf(order.url)) ?? emptyReading;
      grown.set(placeOf(order.url), grow(from, count, options.proxied?.(deployed.order) ?? false));
    }
    return count;
  }

  const agent: LoadAgent = {
    probe: inner.probe,
    survey: inner.survey,
    hold: inner.hold,
    release: inner.release,
    serveNames: inner.serveNames,
    async serveNothing() {
      journal.push('serve nothing');
      return inner.serveNothing();
    },
    async timeTask(order) {
      journal.push(`time ${order.task.kind}`);
      return inner.timeTask(order);
    },
    async letGo() {
      journal.push('let go');
      if (options.letGoFails !== undefined) throw options.letGoFails;
      await inner.letGo();
    },
    clock: inner.clock,
    jitter: inner.jitter,
    localPorts: inner.localPorts,
    bySecondClient: inner.bySecondClient,
    async turns(turnsOrder) {
      if (turnsOrder.sequence.length > 1) {
        turns += 1;
        await options.onTurns?.(turnsOrder, turns);
      }
      const counts: SliceCount[] = [];
      for (const order of turnsOrder.slices) {
        counts.push({ ...(await slice(order)), ...(options.windowsOf ?? fakeWindows)(turnsOrder) });
      }
      return counts;
    },
  };

  return {
    journal,
    environment,
    agent({ order: { deployment } }) {
      const key = options.agentEach?.(deployment) ?? '';
      const members = Array.from({ length: options.agentsEach ?? 1 }, () => ({ ...agent }));
      const known = agents.get(key) ?? team(members);
      agents.set(key, known);
      return known;
    },
    async deploy(orders, how) {
      journal.push(`deploy ${orders.length}${how?.oneByOne === true ? ' one by one' : ''}`);
      return orders.map((order) => {
        const error = options.refuse?.(order);
        if (error !== undefined) return { ok: false, order, error };
        const at = {
          linkAddress: '198.18.0.1',
          gatewayAddress: '172.17.0.1',
          hostPort: order.hostPort,
          containerAddress: '172.17.0.2',
          containerPort: order.hostPort,
        };
        const url = urlOf(order.route, at, { path: '/body' });
        const deployed: Deployed = {
          order,
          url,
          start: { createSeconds: 0.04, startSeconds: 0.2, answerSeconds: 0.05, atOnce: orders.length },
          claims: usualClaims(order.route),
          findings: standingFindings(order),
          raw: {},
          standing: { host: fakeStack, server: fakeStack, hostPort: order.hostPort, serverPid: 1 },
        };
        standing.set(placeOf(url), deployed);
        return { ok: true, deployed };
      });
    },
    async read(deployed, edge) {
      journal.push(`read ${edge} ${deploymentId(deployed.order.deployment)}`);
      return readingFor(deployed.order, grown.get(placeOf(deployed.url)) ?? emptyReading);
    },
    async exchangeCpus(wanted) {
      if (wanted !== exchanged) journal.push(wanted ? 'exchange' : 'back');
      exchanged = wanted && environment.pinning.kind === 'disjoint';
      return exchanged;
    },
    async readKernel({ order: { deployment }, url }) {
      journal.push(`kernel ${deploymentId(deployment)}`);
      return options.kernel?.(deployment, grown.get(placeOf(url))?.serverStackPackets ?? 0) ?? {};
    },
    async agentBeside() {
      journal.push('agent beside');
      return {
        agent: { ...agent },
        [Symbol.asyncDispose]: async () => void journal.push('agent beside gone'),
      };
    },
    async lookupPlaces() {
      journal.push('lookup places');
      return {
        places: [
          {
            ...{ mode: 'host', agent, nameServers: ['192.0.2.53'] },
            questions: [{ asked: 'bench', name: 'name.bench.test', server: '198.18.0.130' }],
          },
          {
            ...{ mode: 'user-bridge', agent, nameServers: ['127.0.0.11'] },
            questions: [
              { asked: 'bench', name: 'name.bench.test' },
              { asked: 'container', name: 'bench-names' },
            ],
          },
        ],
        [Symbol.asyncDispose]: async () => void journal.push('lookup places gone'),
      };
    },
    otherProcesses: async () => [],
    linesLogged: async () => options.linesLogged ?? 0,
    connectionRoom: async () =>
      options.room?.() ?? { ports: { first: 32_768, last: 60_999, used: 0, timeWait: 0 } },
    async clear() {
      journal.push('clear');
      standing.clear();
    },
    async [Symbol.asyncDispose]() {
      journal.push('dispose');
    },
  };
}

/** A server has several places; its counters do not tell them apart. */
function placeOf(url: string): string {
  return new URL(url).origin;
}

type Totals = Required<
  Pick<Reading, 'atSeconds' | 'dnatPackets' | 'proxySeconds' | 'serverStackPackets' | 'linkPackets'>
> & {
  readonly busySeconds: number;
};

const emptyReading: Totals = {
  atSeconds: 0,
  busySeconds: 0,
  dnatPackets: 0,
  proxySeconds: 0,
  serverStackPackets: 0,
  linkPackets: 0,
};

function grow(
  from: Totals,
  count: { readonly totalRequests: number; readonly totalConnections: number; readonly wallSeconds: number },
  proxied: boolean,
): Totals {
  return {
    atSeconds: from.atSeconds + count.wallSeconds,
    busySeconds: from.busySeconds + count.totalRequests * 30e-6,
    dnatPackets: from.dnatPackets + (proxied ? 0 : count.totalConnections),
    proxySeconds: from.proxySeconds + (proxied ? count.totalRequests * 40e-6 : 0),
    serverStackPackets: from.serverStackPackets + 2 * count.totalRequests,
    linkPackets: from.linkPackets + 2 * count.totalRequests,
  };
}

function readingFor(order: DeploymentOrder, totals: Totals): Reading {
  const { atSeconds, busySeconds, dnatPackets, proxySeconds, serverStackPackets, linkPackets } = totals;
  const ownStack = !inHostStack(order.route);
  return {
    atSeconds,
    machine: {
      busySeconds,
      userSeconds: busySeconds / 2,
      systemSeconds: busySeconds / 2,
      irqSeconds: 0,
      softirqSeconds: 0,
      stealSeconds: 0,
    },
    linkPackets,
    ...(ownStack
      ? { dnatPackets, proxySeconds, serverStackPackets, bridgeDevicePackets: serverStackPackets }
      : {}),
  };
}

/** Every claim that is not about a counter holds. */
function standingFindings(order: DeploymentOrder): Deployed['findings'] {
  return usualClaims(order.route)
    .filter((kind) => counterFindings([kind], { connections: 1, requests: 1 }).length === 0)
    .map((kind) => ({ claim: claims[kind], expected: 'as claimed', observed: 'as claimed', holds: true }));
}

const fakeEnvironment: Environment = {
  benchVersion: '0.0.0',
  nodeVersion: 'v20.19.0',
  engine: {
    version: '20.10.24',
    apiVersion: '1.41',
    endpoint: 'socket',
    operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    storageDriver: 'overlay2',
    cgroupVersion: '2',
    rootless: false,
  },
  kernel: '6.1.0',
  cpuModel: 'a processor',
  cpuCount: 2,
  memoryBytes: 4e9,
  sysctls: {},
  image: 'bench-lab:0000000000000000',
  serverVersions: {},
  pinning: { kind: 'disjoint', serverCpus: '0', agentCpus: '1' },
  linkSubnet: '198.18.0.0/24',
};
