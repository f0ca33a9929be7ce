import { loadAgent } from '../../bench/agent/client.ts';
import { team } from '../../bench/agent/team.ts';
import type { AgentContract, ProbeOrder, ProbeResult } from '../../bench/model/load-agent.ts';
import { routeOf } from '../../bench/model/network-modes.ts';
import { present } from '../../bench/model/present.ts';
import { type Handlers, serveRpc } from '../../bench/model/rpc.ts';
import type { DeploymentOrder } from '../../bench/model/stage.ts';
import {
  type FakeEngine,
  type FakeFault,
  type FakeProgram,
  fakeEngine,
  idleProgram,
} from '../engine/engine.fake.ts';
import type { ContainerSpec } from '../engine/engine.ts';
import type { InspectorContract, Machine, NetworkStack } from '../inspector/contract.ts';
import { type FakeInspector, type FakeMachine, fakeInspector } from '../inspector/inspector.fake.ts';
import { labelsOf, type Remark } from '../labels.ts';
import type { Owner } from '../owner.ts';
import type { StageOptions } from './start-stage.ts';

export interface PartsScript {
  /** What a server's container runs: until it is removed, if left out. */
  readonly server?: (spec: ContainerSpec) => FakeProgram | undefined;
  /** What an agent finds at a URL: a server that is ready, if left out. */
  readonly probe?: (order: ProbeOrder, parts: FakeParts) => ProbeResult | Promise<ProbeResult>;
  readonly inspectorFails?: FakeMachine['fail'];
  readonly inspectorProgram?: FakeProgram;
  readonly agentProgram?: FakeProgram;
  readonly engineFails?: readonly FakeFault[];
  readonly machine?: Partial<Machine>;
  readonly grow?: FakeMachine['grow'];
  readonly routes?: readonly string[];
  readonly detours?: FakeMachine['detours'];
  readonly openings?: readonly Remark[];
  readonly cpuSets?: boolean;
  readonly guards?: FakeMachine['guards'];
  readonly pinRefused?: string;
  readonly others?: FakeMachine['others'];
  readonly cpuCount?: number;
  /** Load agents at each vantage: one, if left out. */
  readonly agentsEach?: number;
  /** Where processes wait for connections in a container's own stack: nowhere, if left out. */
  readonly listeners?: NetworkStack['listeners'];
}

/** Everything that a stage touches, as fakes that note their calls in one journal. */
export interface FakeParts {
  readonly engine: FakeEngine;
  readonly inspector: FakeInspector;
  readonly journal: readonly string[];
  /** What each container was asked to be, by name. */
  readonly specs: ReadonlyMap<string, ContainerSpec>;
  readonly options: StageOptions;
}

const image = 'bench-lab:fake';
const fakeOwner: Owner = {
  boot: '6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10',
  pidNamespace: '4026531836',
  pid: 4242,
  startTicks: '123456',
};

export function fakeParts(script: PartsScript = {}): FakeParts {
  const journal: string[] = [];
  const specs = new Map<string, ContainerSpec>();
  const inspector = fakeInspector({
    stacks: {},
    held: ({ agent, dialled }) => {
      const published = [...specs.values()].some(({ publish = [] }) =>
        publish.some(({ hostPort }) => hostPort === dialled.port),
      );
      const server = published ? { address: '172.17.0.2', port: 8080 } : dialled;
      return { peers: [agent], conntrack: { found: true, server, client: agent, entry: 'tcp 6 …' } };
    },
    ...present({
      fail: script.inspectorFails,
      grow: script.grow,
      routes: script.routes,
      detours: script.detours,
      openings: script.openings,
      guards: script.guards,
      pinRefused: script.pinRefused,
      others: script.others,
      machine: script.machine,
    }),
  });
  const engine = fakeEngine({
    about: { cpuCount: script.cpuCount ?? 2 },
    images: [image],
    program,
    journal,
    cpuSets: script.cpuSets ?? true,
    ...present({ fail: script.engineFails }),
  });

  function program(spec: ContainerSpec): FakeProgram {
    specs.set(spec.name, spec);
    if (spec.name.endsWith('-inspector')) return script.inspectorProgram ?? inspecting;
    if (spec.name.includes('-agent-')) return script.agentProgram ?? loading(spec.name);
    return script.server?.(spec) ?? idleProgram;
  }

  const inspecting: FakeProgram = async ({ channel }) => {
    const note = (call: string, subject: unknown) => journal.push(`inspector ${call} ${subject}`.trim());
    await serveRpc<InspectorContract>(channel, {
      machine: (input) => inspector.call('machine', input),
      'free-subnet': (input) => inspector.call('free-subnet', input),
      detour: (input) => inspector.call('detour', input),
      'certain-address': (input) => inspector.call('certain-address', input),
      links: (input) => inspector.call('links', input),
      'kernel-counters': (input) => inspector.call('kernel-counters', input),
      snapshot: (input) => inspector.call('snapshot', input),
      health: (input) => inspector.call('health', input),
      'connection-room': (input) => inspector.call('connection-room', input),
      connection: (input) => inspector.call('connection', input),
      'dnat-rules': (input) => inspector.call('dnat-rules', input),
      'pin-proxies': (input) => {
        note('pin-proxies', `${input.ports.join(' ')} on ${input.cpus}`);
        return inspector.call('pin-proxies', input);
      },
      'other-processes': (input) => inspector.call('other-processes', input),
      'held-connection': (input) => inspector.call('held-connection', input),
      place: (input) => inspector.call('place', input),
      'start-native': (input) => {
        note('start-native', input.server);
        return inspector.call('start-native', input);
      },
      'native-state': (input) => inspector.call('native-state', input),
      'stop-native': (input) => {
        note('stop-native', input.pid);
        return inspector.call('stop-native', input);
      },
      async 'create-link'(input) {
        note('create-link', input.name);
        return inspector.call('create-link', input);
      },
      async 'delete-link'(input) {
        note('delete-link', input.name);
        return inspector.call('delete-link', input);
      },
      async 'open-firewall'(input) {
        note('open-firewall', input.doors.map(({ device }) => device).join(' '));
        return inspector.call('open-firewall', input);
      },
      'firewall-openings': (input) => inspector.call('firewall-openings', input),
      async 'close-firewall'(input) {
        note('close-firewall', input.runId);
        return inspector.call('close-firewall', input);
      },
      'raise-guard': (input) => {
        note('raise-guard', input.name);
        return inspector.call('raise-guard', input);
      },
      'guard-places': (input) => {
        note('guard-places', placesText(input));
        return inspector.call('guard-places', input);
      },
      guards: (input) => inspector.call('guards', input),
      'remove-guard': (input) => {
        note('remove-guard', input.name);
        return inspector.call('remove-guard', input);
      },
      'open-gate': (input) => {
        note('open-gate', input.pid);
        return inspector.call('open-gate', input);
      },
      async stack({ pid }) {
        const failure = script.inspectorFails?.({ call: 'stack', input: { pid } });
        if (failure !== undefined) throw failure;
        if (pid === 'host' || pid > 5000) return hostStack(engine, specs);
        return { ...(await stackOf(engine, pid)), ...present({ listeners: script.listeners }) };
      },
    });
    inspector.close();
    return 0;
  };

  function loading(name: string): FakeProgram {
    const handlers: Handlers<AgentContract> = {
      async probe(order) {
        journal.push(`${name} probe ${order.url}`);
        return (await script.probe?.(order, parts)) ?? { ready: true, seconds: 0.001 };
      },
      async survey() {
        throw new Error('the stage itself surveys nothing');
      },
      jitter: async ({ seconds }) => ({ wallSeconds: seconds, gaps: [] }),
      async hold({ url }) {
        const { hostname, port } = new URL(url);
        const remoteAddress = hostname.replace(/^\[|\]$/g, '');
        return { localAddress: '198.18.0.2', localPort: 40000, remoteAddress, remotePort: Number(port) };
      },
      release: async () => ({}),
      async turns() {
        throw new Error('the stage itself measures nothing');
      },
      serveNames: async () => ({}),
      serveNothing: async () => ({ port: 8079 }),
      timeTask: async () => ({ count: 1, p50Us: 100, p75Us: 120 }),
      letGo: async () => ({}),
      clock: async () => ({ seconds: 0 }),
      localPorts: async () => ({ first: 32_768, last: 60_999, used: 0, timeWait: 0 }),
      async wrk() {
        throw new Error('the stage itself measures nothing');
      },
    };
    return async ({ channel }) => {
      await serveRpc<AgentContract>(channel, handlers);
      return 0;
    };
  }

  const parts: FakeParts = {
    engine,
    inspector,
    journal,
    specs,
    options: {
      engine,
      image,
      runId: '20261120T093220Z-k3f9',
      labels: labelsOf('20261120T093220Z-k3f9', fakeOwner),
      needs: { vantages: ['external'], servers: [], ipv6: false },
      benchVersion: '0.0.0',
      connectAgent: loadAgent,
      ...(script.agentsEach === undefined ? {} : { sharing: { agents: script.agentsEach, join: team } }),
    },
  };
  return parts;
}

function placesText({ addresses, sockets, ports }: InspectorContract['guard-places']['input']): string {
  return [...addresses, ...sockets.map(({ address, port }) => `${address}:${port}`), ...ports].join(' ');
}

/** An order as the collecting loop gives it. */
export function orderFor(path: string, changes: Partial<DeploymentOrder> = {}): DeploymentOrder {
  return {
    deployment: { server: 'nginx', path, role: 'contender' },
    route: routeOf(path),
    agent: { kind: 'standing' },
    hostPort: 20001,
    addressIndex: 0,
    nameSuffix: path.split('/')[0] ?? '',
    environmentPaddingBytes: 7,
    bodyBytes: 1024,
    ...changes,
  };
}

const loopback = { name: 'lo', index: 1, kind: 'loopback', up: true, mtu: 65536, addresses: ['127.0.0.1'] };
const hostInterfaces = [
  loopback,
  { name: 'docker0', index: 2, kind: 'bridge', up: true, mtu: 1500, addresses: ['172.17.0.1'] },
];

/** The host's stack: servers in host mode listen in it where their command tells them to. */
async function hostStack(engine: FakeEngine, specs: FakeParts['specs']): Promise<NetworkStack> {
  const listeners = [];
  for (const { id, name } of (await engine.containers()).filter(({ running }) => running)) {
    const { attachment, command = [] } = specs.get(name) ?? {};
    if (attachment?.kind !== 'host' || command[0]?.endsWith('serve.sh') !== true) continue;
    const pid = (await engine.inspect(id))?.pid ?? 0;
    for (const listen of command.slice(3)) {
      const [address = '', port = ''] = listen.split(':');
      listeners.push({ protocol: 'tcp' as const, address, port: Number(port), pid, command: 'nginx' });
    }
  }
  return { namespace: 'net:[1]', interfaces: hostInterfaces, routes: [], listeners };
}

/** The stack that a container's process is in. */
async function stackOf(engine: FakeEngine, pid: number): Promise<NetworkStack> {
  for (const { id } of (await engine.containers()).filter(({ running }) => running)) {
    const state = await engine.inspect(id);
    if (state?.pid !== pid) continue;
    if (state.networkMode === 'host')
      return { namespace: 'net:[1]', interfaces: hostInterfaces, routes: [], listeners: [] };
    const joined = /^container:(.*)$/.exec(state.networkMode)?.[1];
    const owner = joined ?? id;
    return { namespace: `net:[${owner.slice(0, 12)}]`, interfaces: [loopback], routes: [], listeners: [] };
  }
  throw new Error(`there is no process ${pid}`);
}
