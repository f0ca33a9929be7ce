import type { Connection } from '../../bench/model/connection.ts';
import { Failure } from '../../bench/model/failure.ts';
import type { HostHealth } from '../../bench/model/host-health.ts';
import { type MachineCpu, machineCpu } from '../../bench/model/machine-cpu.ts';
import type { HeldConnectionSeen } from '../../bench/model/observed.ts';
import type { OtherProcess } from '../../bench/model/other-processes.ts';
import { type Remark, readRemark } from '../labels.ts';
import type { Inspector } from './client.ts';
import type {
  CgroupReading,
  GuardedPlaces,
  HeldOrder,
  InspectorContract,
  Machine,
  NamedGuard,
  NetworkStack,
  Snapshot,
  SnapshotOrder,
  TrafficReading,
} from './contract.ts';
import { chooseSubnet, parseRoutes } from './read/subnet.ts';

type Call = keyof InspectorContract;
type JournalEntry = {
  [K in Call]: { readonly call: K; readonly input: InspectorContract[K]['input'] };
}[Call];

/** A machine as plain data, and what happens on it. */
export interface FakeMachine {
  /** What differs from an ordinary machine. */
  readonly machine?: Partial<Machine>;
  /** By pid, or 'host'. A pid that is not here has no process. */
  readonly stacks: Readonly<Record<string, NetworkStack>>;
  /** Firewall rules of earlier runs. */
  readonly openings?: readonly Remark[];
  /** Guards of earlier runs. */
  readonly guards?: readonly NamedGuard[];
  /** Networks that the host is connected to, e.g. 198.18.0.0/24. */
  readonly routes?: readonly string[];
  /** By device: where the host sends packets that should leave by it. */
  readonly detours?: Readonly<Record<string, string>>;
  /** Growth of the counters since the previous snapshot. `nth` counts snapshots from 1. */
  readonly grow?: (order: SnapshotOrder, nth: number) => Growth;
  readonly health?: HostHealth;
  /** The result for any connection. */
  readonly connection?: Connection;
  /** The result for a connection that is held open. Absent: the agent's own end, untracked. */
  readonly held?: (order: HeldOrder) => HeldConnectionSeen;
  /** Message of `taskset` where docker-proxy may not be moved. */
  readonly pinRefused?: string;
  readonly others?: readonly OtherProcess[];
  /** An error for a call. The call then does nothing else. */
  readonly fail?: (entry: JournalEntry) => Error | undefined;
}

/** Absent counters did not grow. `seconds` is the time that passed: 1 if absent. */
interface Growth {
  readonly seconds?: number;
  readonly cpu?: Partial<MachineCpu>;
  readonly ownSeconds?: number;
  readonly memoryStallSeconds?: number;
  readonly cgroups?: Readonly<Record<string, CgroupReading>>;
  readonly stacks?: Readonly<Record<string, TrafficReading>>;
  readonly hostInterfaces?: Readonly<Record<string, TrafficReading>>;
  /** By port. A port has a DNAT rule from its first entry here on, even with 0 packets. */
  readonly dnat?: Readonly<Record<string, { readonly packets: number; readonly target: string }>>;
  /** By port. A port has a docker-proxy from its first entry here on, even with 0 seconds. */
  readonly proxies?: Readonly<
    Record<string, { readonly cpuSeconds: number; readonly pids: readonly number[] }>
  >;
}

export interface FakeInspector extends Inspector {
  /** Every call in order, failed ones included. */
  readonly journal: readonly JournalEntry[];
  /** Names of the links that exist now. None after `close()`. */
  links(): readonly string[];
  /** Runs whose link the firewall lets in now. */
  openings(): readonly string[];
  /**
   * The guards that exist now, and the places that each protects beside its networks. They outlive the
   * inspector.
   */
  guards(): ReadonlyMap<string, GuardedPlaces>;
}

/** An inspector that answers its contract from plain data, for tests of order and failure. */
export function fakeInspector(script: FakeMachine): FakeInspector {
  const machine = { ...ordinaryMachine, ...script.machine };
  const journal: JournalEntry[] = [];
  const links = new Set<string>();
  const opened = new Map((script.openings ?? []).map((it) => [it.runId, it]));
  const openedHere = new Set<string>();
  const guards = new Map<string, GuardedPlaces>();
  const ownersOfGuards = new Map<string, Remark>();
  for (const { name, ...remark } of script.guards ?? []) {
    guards.set(name, { addresses: [], sockets: [], ports: [] });
    ownersOfGuards.set(name, remark);
  }
  let snapshots = 0;
  let natives = 0;
  let total = emptySnapshot();
  let closed = false;

  const answers: { [K in Call]: (input: InspectorContract[K]['input']) => InspectorContract[K]['output'] } = {
    machine: () => machine,
    stack: ({ pid }) => {
      const stack = script.stacks[String(pid)];
      if (stack === undefined) throw new Failure('casesFailed', `there is no process ${pid}`);
      return stack;
    },
    'held-connection': (order) =>
      script.held?.(order) ?? { peers: [order.agent], conntrack: { found: false, why: 'not tracked' } },
    place: () => {
      const host = { own: 'ns:[1]', host: 'ns:[1]' };
      return { namespaces: { net: host, pid: host, cgroup: host }, cgroup: '0::/' };
    },
    'start-native': () => {
      natives += 1;
      return { pid: 5000 + natives };
    },
    'native-state': () => ({ running: true, lastLines: '' }),
    'stop-native': () => ({}),
    'free-subnet': ({ wanted }) => {
      const routes = parseRoutes(
        JSON.stringify((script.routes ?? []).map((dst) => ({ dst, protocol: 'kernel' }))),
      );
      return { subnet: chooseSubnet(routes, wanted) };
    },
    detour: ({ device }) => {
      const over = script.detours?.[device];
      return over === undefined ? {} : { over };
    },
    'create-link': ({ name }) => {
      if (links.has(name)) throw new Failure('unfit', `there is a link ${name} already`);
      links.add(name);
      return {};
    },
    'certain-address': () => ({}),
    'delete-link': ({ name }) => ({ existed: links.delete(name) }),
    'open-firewall': ({ doors, remark }) => {
      const dropping = /DROP|[1-9]\d* rule/.test(machine.inputPolicy);
      const whose = readRemark(remark);
      if (!dropping || whose === undefined) return { commands: [] };
      opened.set(whose.runId, whose);
      openedHere.add(whose.runId);
      return { commands: doors.map(({ device }) => `iptables-nft -I INPUT -i ${device} (${whose.runId})`) };
    },
    'firewall-openings': () => ({ openings: [...opened.values()] }),
    'close-firewall': ({ runId }) => ({ removed: opened.delete(runId) ? [`rule of ${runId}`] : [] }),
    'raise-guard': ({ name, remark }) => {
      guards.set(name, { addresses: [], sockets: [], ports: [] });
      ownersOfGuards.set(name, readRemark(remark) ?? { runId: '', owner: '' });
      return { backend: 'nftables' };
    },
    'guard-places': ({ name, ...places }) => {
      guards.set(name, places);
      return {};
    },
    guards: () => ({
      guards: [...guards.keys()].map((name) => ({
        name,
        ...(ownersOfGuards.get(name) ?? { runId: '', owner: '' }),
      })),
    }),
    'remove-guard': ({ name }) => ({ existed: guards.delete(name) }),
    'open-gate': () => ({}),
    links: ({ prefix }) => ({ names: [...links].filter((name) => name.startsWith(prefix)) }),
    health: () => script.health ?? healthy,
    'connection-room': () => script.health ?? healthy,
    connection: () => {
      if (script.connection === undefined) throw new Failure('internal', 'no connection was scripted');
      return script.connection;
    },
    'dnat-rules': () => ({ rules: [] }),
    'pin-proxies': () => (script.pinRefused === undefined ? {} : { refused: script.pinRefused }),
    'other-processes': () => ({ processes: [...(script.others ?? [])] }),
    'kernel-counters': () => ({ voluntary_switches: 0, involuntary_switches: 0 }),
    snapshot: (order) => {
      snapshots += 1;
      total = grown(total, script.grow?.(order, snapshots) ?? {}, order);
      return asked(total, order);
    },
  };

  return {
    journal,
    links: () => [...links],
    openings: () => [...opened.keys()],
    guards: () => guards,
    async call(call, input) {
      if (closed) throw new Failure('partial', 'lost contact with the inspector');
      const entry = { call, input } as JournalEntry;
      journal.push(entry);
      const failure = script.fail?.(entry);
      if (failure !== undefined) throw failure;
      return answers[call](input);
    },
    close() {
      closed = true;
      links.clear();
      for (const runId of openedHere) opened.delete(runId);
    },
  };
}

const healthy: HostHealth = {
  cpus: [],
  governors: ['performance'],
  virtual: false,
  ports: { first: 32_768, last: 60_999, used: 0, timeWait: 0 },
  interfaces: [],
  routes: [],
  input: { refusals: [] },
};

const noTraffic: TrafficReading = { rxPackets: 0, txPackets: 0, rxBytes: 0, txBytes: 0 };

function emptySnapshot(): Snapshot {
  const nothing = { cgroups: {}, stacks: {}, hostInterfaces: {}, dnat: {}, proxies: {} };
  return { atSeconds: 0, cpu: machineCpu(() => 0), ownSeconds: 0, memoryStallSeconds: 0, ...nothing };
}

function grown(from: Snapshot, growth: Growth, order: SnapshotOrder): Snapshot {
  return {
    atSeconds: from.atSeconds + (growth.seconds ?? 1),
    cpu: addFields(from.cpu, growth.cpu ?? {}),
    ownSeconds: from.ownSeconds + (growth.ownSeconds ?? 0),
    memoryStallSeconds: (from.memoryStallSeconds ?? 0) + (growth.memoryStallSeconds ?? 0),
    cgroups: addRows(from.cgroups, growth.cgroups, Object.keys(order.cgroups), { cpuSeconds: 0 }),
    stacks: addRows(from.stacks, growth.stacks, Object.keys(order.stacks), noTraffic),
    hostInterfaces: addRows(from.hostInterfaces, growth.hostInterfaces, order.hostInterfaces, noTraffic),
    dnat: {
      ...from.dnat,
      ...mapRows(growth.dnat ?? {}, ({ packets, target }, port) => ({
        packets: (from.dnat[port]?.packets ?? 0) + packets,
        rule: `-A DOCKER -p tcp -m tcp --dport ${port} -j DNAT --to-destination ${target}`,
        target,
      })),
    },
    proxies: {
      ...from.proxies,
      ...mapRows(growth.proxies ?? {}, ({ cpuSeconds, pids }, port) => ({
        cpuSeconds: (from.proxies[port]?.cpuSeconds ?? 0) + cpuSeconds,
        pids: [...pids],
      })),
    },
  };
}

/** The requested part of a snapshot. */
function asked(total: Snapshot, order: SnapshotOrder): Snapshot {
  const only = <V>(rows: Readonly<Record<string, V>>, keys: readonly string[]) =>
    Object.fromEntries(Object.entries(rows).filter(([key]) => keys.includes(key)));
  const ports = order.ports.map(String);
  return {
    ...total,
    cgroups: only(total.cgroups, Object.keys(order.cgroups)),
    stacks: only(total.stacks, Object.keys(order.stacks)),
    hostInterfaces: only(total.hostInterfaces, order.hostInterfaces),
    dnat: only(total.dnat, ports),
    proxies: only(total.proxies, ports),
  };
}

function addRows<V extends object>(
  from: Readonly<Record<string, V>>,
  growth: Readonly<Record<string, V>> | undefined,
  keys: readonly string[],
  zero: V,
): Record<string, V> {
  const start = { ...Object.fromEntries(keys.map((key) => [key, zero])), ...from };
  return { ...start, ...mapRows(growth ?? {}, (row, key) => addFields(start[key] ?? zero, row)) };
}

/** Adds number by number. A field that only one side has is taken from that side. */
function addFields<V extends object>(a: V, b: Partial<V>): V {
  const sum: Record<string, unknown> = Object.fromEntries(Object.entries(a));
  for (const [field, value] of Object.entries(b)) {
    const before = sum[field];
    sum[field] = typeof before === 'number' && typeof value === 'number' ? before + value : value;
  }
  return sum as V;
}

function mapRows<V, W>(rows: Readonly<Record<string, V>>, f: (row: V, key: string) => W): Record<string, W> {
  return Object.fromEntries(Object.entries(rows).map(([key, row]) => [key, f(row, key)]));
}

const ordinaryMachine: Machine = {
  boot: '6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10',
  kernel: '6.1.0',
  operatingSystem: 'Debian GNU/Linux 12',
  cpuModel: 'fake',
  cpuCount: 2,
  memoryBytes: 1,
  firewall: 'iptables-nft',
  inputPolicy: 'ACCEPT, no rules',
  network: { inputPolicy: 'ACCEPT, no rules', bridgeNetfilter: false, mtu: { lo: 65536, docker0: 1500 } },
  inputPolicy6: 'ACCEPT, no rules',
  ipv6Off: [],
  sysctls: {},
  serverVersions: { nginx: '1.26.3' },
};
