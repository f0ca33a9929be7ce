import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type Case, deploymentId } from '../bench/model/case.ts';
import type { Environment } from '../bench/model/environment.ts';
import type { Evidence } from '../bench/model/evidence.ts';
import type { Latency } from '../bench/model/latency.ts';
import { measuredSeconds } from '../bench/model/paced.ts';
import type { PathId } from '../bench/model/path.ts';
import { type Plan, profileOf } from '../bench/model/plan.ts';
import { type LoadProfile, loadProfiles, type ProfileName } from '../bench/model/profile.ts';
import type { RecordedRun } from '../bench/model/recorded-run.ts';
import type { Run } from '../bench/model/run.ts';
import { schemaVersion } from '../bench/model/run.ts';
import { isOwnServer, type OwnServer } from '../bench/model/server.ts';
import type { Cpu, Faults, MachineFigures, Slice, SliceHead } from '../bench/model/slice.ts';
import { judgeSlice } from '../bench/model/validity.ts';
import type { Unjudged } from '../bench/model/validity-rules.ts';
import { latencyOfCounts, type Taken } from './encoded-latency.fixture.ts';
import { normalDeviate } from './statistics/normal-deviate.fixture.ts';

export const baselinePath = 'host/external';
export const bridgePath = 'bridge/external/published';
export const mappedPath = 'mapped/external/published';

/** The truth that a synthetic run is made from: what a contender has over the baseline, each 1 where it is left out. */
export interface Effect {
  /** Factor on latencies. */
  readonly latency?: number;
  /** Factor on the CPU a request of the server's side. */
  readonly serverCpu?: number;
  /** Factor on the load agent's CPU a request. */
  readonly agentCpu?: number;
  /** Factor on requests per second of the closed loop of many connections. */
  readonly capacity?: number;
}

/** Some slices of a run: those that agree in all that is named. */
export type Where = Partial<Case> & { readonly round?: number; readonly block?: number };

export interface SyntheticOptions {
  readonly seed: number;
  readonly rounds?: number;
  readonly blocks?: number;
  readonly servers?: readonly OwnServer[];
  /** Those of the default plan, if left out. */
  readonly profiles?: readonly ProfileName[];
  /** Over TLS: new connections make a handshake. */
  readonly tls?: true;
  /** Bridge and mapped against host, from a remote client, if left out. */
  readonly comparisons?: Plan['comparisons'];
  /** By path; paths left out keep `usualEffect`. */
  readonly effects?: Readonly<Record<PathId, Effect>>;
  /** What the twin has and must not have. */
  readonly twinEffect?: Effect;
  /** False leaves the twin out of every round. */
  readonly twin?: boolean;
  /** These slices have a fault of their own: three connection errors. */
  readonly faulty?: readonly Where[];
  /** So has this share of all slices, drawn by the seed. */
  readonly faultyShare?: number;
  /** In these blocks others use `foreign` of the machine: all cases that take turns there are disturbed. */
  readonly disturbed?: readonly (Where & { readonly foreign: number })[];
  /** Others use this share of the machine during the whole run, one half of it the first process that is named. */
  readonly foreign?: { readonly share: number; readonly processes?: readonly string[] };
  /** This many slices failed. */
  readonly failedSlices?: number;
  /** The load agent is the limit of every closed loop of many connections. */
  readonly agentIsLimit?: boolean;
  /** Nothing says how busy the CPUs of the two ends were. */
  readonly unreadCpus?: boolean;
  /** Standard deviation, on the log scale, of one deployment in one round. */
  readonly deploymentNoise?: number;
  /** Standard deviation, on the log scale, of one slice. */
  readonly sliceNoise?: number;
  /** Keeps only this share of the slices and calls the run partial. */
  readonly keptShare?: number;
  /** The first round's evidence for the mapped path is contradicted. */
  readonly contradicted?: boolean;
  /** Starts, connections and requests were timed by themselves: on other paths than the baseline's they take longer. */
  readonly timed?: { readonly startSeconds: number; readonly connectUs: number; readonly atOnce?: number };
  /** These connections were swept in each round: a server works on four requests at a time, and a bridge makes it slower. */
  readonly sweep?: readonly number[];
  readonly pinning?: Environment['pinning'];
  readonly sliceSeconds?: number;
  /** Share of a response time that the load agent's own lag is, at each quantile; 2 % if left out. */
  readonly lagShare?: number;
  /** Gaps in which the machine took the agent's CPU away, at p99 and p99.9 of the time, µs. */
  readonly gapsUs?: readonly [p99: number, p999: number];
}

/** What bridge mode does to each metric, unless a test says otherwise. */
export const usualEffect = {
  latency: 1.19,
  serverCpu: 1.25,
  agentCpu: 1.1,
  capacity: 0.8,
} as const satisfies Effect;

/** A server on the baseline: time at one connection, capacity, CPU a request of both ends, and its steady rate. */
const serverTruth = {
  nginx: {
    rttSeconds: 62e-6,
    capacity: 22_500,
    serverCpuSeconds: 44e-6,
    agentCpuSeconds: 18e-6,
    steadyRate: 9_000,
  },
  apache: {
    rttSeconds: 81e-6,
    capacity: 15_000,
    serverCpuSeconds: 66e-6,
    agentCpuSeconds: 19e-6,
    steadyRate: 6_000,
  },
} as const satisfies Record<OwnServer, unknown>;

/** What a simulated server does. A user's service behaves like nginx. */
function truthOf(server: string): (typeof serverTruth)[OwnServer] {
  return serverTruth[isOwnServer(server) ? server : 'nginx'];
}

const defaultProfiles = ['latency', 'steady', 'throughput'] as const satisfies readonly ProfileName[];
/** A new connection takes so many times as long as a request on an old one; half of that is the connect. */
const connectionTimes = 3;

const noFaults: Faults = { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 };
const rampSeconds = 0.1;
const turns = 8;
const cpuCount = 2;
const startMs = Date.UTC(2026, 10, 20, 9, 32, 20);
/** Share of the time that the CPU of whoever is the limit is busy. */
const saturated = 0.99;

/**
 * A complete run folder in memory, made from a known truth: lognormal latencies, machine drift of several percent,
 * deployment and slice noise. Cases that are compared lie side by side and share the machine's figures of their block;
 * every slice is judged by the rules that judge real ones. The same options give the same run.
 */
export function syntheticRun(options: SyntheticOptions): RecordedRun {
  const rng = wellMixed(options.seed);
  const plan = syntheticPlan(options);
  const groups = groupsOf(plan, options.twin ?? true);
  const deployments = new Map(groups.flat().map((subject) => [deploymentId(subject), subject]));
  const slices: Slice[] = [];
  const evidence: Evidence[] = [];
  const total = plan.rounds * plan.blocks * groups.flat().length;
  const failedAt = new Set(
    Array.from({ length: options.failedSlices ?? 0 }, () => uniformInt(rng, 0, total - 1)),
  );
  let drift = 0;

  for (let round = 1; round <= plan.rounds; round++) {
    const luck = new Map(
      [...deployments.keys()].map((id) => [id, normalDeviate(rng) * (options.deploymentNoise ?? 0.008)]),
    );
    for (let block = 1; block <= plan.blocks; block++) {
      let position = 1;
      for (const group of shuffled(rng, groups)) {
        drift = 0.97 * drift + normalDeviate(rng) * 0.008;
        const mood = drift + 0.03 * Math.sin((6 * slices.length) / total);
        const heads = shuffled(rng, group).map((subject): SliceHead => {
          const order = slices.length + position;
          const startedAt = new Date(
            startMs + order * (plan.sliceSeconds + rampSeconds) * 1050,
          ).toISOString();
          return { ...subject, round, block, position: position++, startedAt };
        });
        const loads = heads.map((head) => {
          const noise =
            mood + (luck.get(deploymentId(head)) ?? 0) + normalDeviate(rng) * (options.sliceNoise ?? 0.012);
          const faulty = isAmong(options.faulty, head) || uniformFloat64(rng) < (options.faultyShare ?? 0);
          return { head, load: underLoad(rng, head, plan, options, noise), faulty };
        });
        const foreign = foreignIn(heads, options);
        const machine = machineOf(
          loads.map(({ load }) => load.cpu),
          foreign,
        );
        for (const { head, load, faulty } of loads) {
          const faults = faulty ? { ...noFaults, errors: 3 } : noFaults;
          slices.push(
            failedAt.has(slices.length)
              ? { ...head, status: 'failed', error: failure }
              : judgeSlice(head, { ...load, faults, machine }, { contradictions: [] }),
          );
        }
      }
    }
    evidence.push(
      ...[...deployments.values()].map((it) => ({
        ...evidenceOf(it, round, options.contradicted ?? false),
        ...timedOf(rng, it, options.timed),
        ...sweepOf(rng, it, options.sweep),
      })),
    );
  }

  const kept = Math.ceil(slices.length * (options.keptShare ?? 1));
  return {
    run: syntheticRunDocument(plan, options, kept < slices.length),
    slices: slices.slice(0, kept),
    evidence,
    warnings: [],
  };
}

/** The first numbers that small seeds give are much alike, and far from the middle. */
function wellMixed(seed: number): RandomGenerator {
  const rng = xoroshiro128plus(seed);
  for (let skipped = 0; skipped < 64; skipped++) rng.next();
  return rng;
}

const failure = {
  message: 'the load agent went away',
  hint: 'Run `bench doctor`, then repeat the run.',
};

function syntheticPlan(options: SyntheticOptions): Plan {
  const open = options.profiles?.includes('paced') === true;
  const profiles = (options.profiles ?? defaultProfiles).map(
    (it): LoadProfile =>
      it === 'churn' && options.tls === true ? { ...loadProfiles.churn, handshake: true } : loadProfiles[it],
  );
  const sliceSeconds = options.sliceSeconds ?? 0.4;
  return {
    servers: [...(options.servers ?? ['nginx', 'apache'])],
    comparisons: options.comparisons ?? [{ baseline: baselinePath, contenders: [bridgePath, mappedPath] }],
    profiles,
    rounds: options.rounds ?? 8,
    blocks: options.blocks ?? 4,
    sliceSeconds,
    turnSeconds: sliceSeconds / turns,
    rampSeconds,
    warmupSeconds: 0.2,
    ...(open ? { paced: { arrivals: 'poisson' as const, share: 0.5 } } : {}),
    bodyBytes: 1024,
    ...(options.sweep === undefined ? {} : { sweep: { mostConnections: Math.max(...options.sweep) } }),
    seed: options.seed,
    confidence: 0.95,
  };
}

/** The cases that take turns with each other: one group for each server, profile and baseline. */
function groupsOf(plan: Plan, withTwin: boolean): readonly (readonly Case[])[] {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap(({ name: profile }) =>
      plan.comparisons.map(({ baseline, contenders }) => [
        { server, path: baseline, role: 'baseline' as const, profile },
        ...(withTwin ? [{ server, path: baseline, role: 'twin' as const, profile }] : []),
        ...contenders.map((path) => ({ server, path, role: 'contender' as const, profile })),
      ]),
    ),
  );
}

function isAmong(places: readonly Where[] | undefined, head: SliceHead): boolean {
  return places?.some((place) => isAt(place, head)) ?? false;
}

function isAt(where: Where, head: SliceHead): boolean {
  const own: Readonly<Record<string, unknown>> = head;
  return Object.entries(where).every(([key, value]) => own[key] === value);
}

/** Share of the machine that others use while these slices take turns. */
function foreignIn(heads: readonly SliceHead[], { disturbed, foreign }: SyntheticOptions): number {
  const disturbance = disturbed?.find(({ foreign: _, ...where }) => heads.some((head) => isAt(where, head)));
  return disturbance?.foreign ?? foreign?.share ?? 0.005;
}

function effectOf(subject: Case, { twinEffect, effects }: SyntheticOptions): Required<Effect> {
  const none = { latency: 1, serverCpu: 1, agentCpu: 1, capacity: 1 };
  if (subject.role === 'baseline') return none;
  if (subject.role === 'twin') return { ...none, ...twinEffect };
  return { ...none, ...(effects?.[subject.path] ?? usualEffect) };
}

type UnderLoad = Omit<Unjudged, 'faults' | 'machine'>;

/** What the agent and the two ends' counters say of one slice. */
function underLoad(
  rng: RandomGenerator,
  subject: Case,
  plan: Plan,
  options: SyntheticOptions,
  noise: number,
): UnderLoad {
  const truth = truthOf(subject.server);
  const effect = effectOf(subject, options);
  const profile: LoadProfile = profileOf(plan, subject.profile);
  const { connections, load, bulk } = profile;
  const sigma = connections === 1 ? 0.18 : 0.35;
  const times = load === 'churn' ? connectionTimes : 1;
  const many = subject.profile === 'throughput';
  const measured =
    load === 'open'
      ? measuredSeconds(plan, loadProfiles[subject.profile], truth.steadyRate)
      : plan.sliceSeconds;
  const wallSeconds = measured * (1 + 0.002 * uniformFloat64(rng));
  const meanSeconds = many
    ? ((0.97 * connections) / (truth.capacity * effect.capacity)) * Math.exp(noise)
    : times * truth.rttSeconds * effect.latency * Math.exp(noise + sigma ** 2 / 2);
  const medianSeconds = meanSeconds / Math.exp(sigma ** 2 / 2);
  const atRate = load === 'paced' || load === 'open';
  const rate = atRate ? truth.steadyRate : (0.97 * connections) / meanSeconds;
  const requests = Math.round(rate * wallSeconds);
  const loadSeconds = wallSeconds + plan.rampSeconds;
  const allRequests = Math.round(rate * loadSeconds);
  const opened = load === 'churn' ? allRequests : connections;
  const wobble = () => Math.exp(0.5 * noise + 0.01 * normalDeviate(rng));
  const agentIsLimit = many && options.agentIsLimit === true;
  const serverSide =
    truth.serverCpuSeconds * effect.serverCpu * (agentIsLimit ? 0.8 : 1) * allRequests * wobble();
  const agentSeconds = agentIsLimit
    ? saturated * loadSeconds
    : truth.agentCpuSeconds * effect.agentCpu * allRequests * wobble();
  const proxyShare = subject.path.endsWith('/loopback') ? 0.6 : 0;
  const serverIsLimit = many && !agentIsLimit;
  const far = (medianSeconds: number, share: number): Latency => {
    const { p999Us, ...latency } = lognormalLatency(rng, medianSeconds * share, sigma, requests);
    return load === 'open' && p999Us !== undefined ? { ...latency, p999Us } : latency;
  };
  return {
    requests,
    servedRequests: requests,
    bytes: requests * (plan.bodyBytes + 238),
    wallSeconds,
    turns,
    ...(load !== 'closed' ? {} : { turnRates: turnRates(rng, requests / wallSeconds) }),
    rampSeconds: plan.rampSeconds,
    edgeSeconds: 0,
    pendingSeconds: 0,
    connections,
    latency: far(medianSeconds, 1),
    ...(bulk === undefined ? {} : { payloadBytes: bulk.bytes }),
    ...(load === 'open'
      ? { serviceTime: far(medianSeconds, 0.9), sendLag: far(medianSeconds, options.lagShare ?? 0.02) }
      : {}),
    ...(load === 'churn'
      ? {
          connect: far(medianSeconds, 0.5),
          ...(profile.handshake === true ? { handshake: far(medianSeconds, 0.3) } : {}),
          firstByte: far(medianSeconds, 0.95),
          gapSeconds: 0.02 * wallSeconds,
        }
      : {}),
    cpu: {
      loadSeconds,
      requests: allRequests,
      serverSeconds: serverSide * (1 - proxyShare),
      ...(proxyShare === 0 ? {} : { proxySeconds: serverSide * proxyShare }),
      agentSeconds,
      softirqSeconds: (serverSide + agentSeconds) * 0.3,
      ...(options.unreadCpus === true
        ? {}
        : {
            serverCpuBusySeconds: serverIsLimit
              ? saturated * loadSeconds
              : Math.min(0.9 * loadSeconds, serverSide * 1.02),
            agentCpuBusySeconds: Math.min(saturated * loadSeconds, agentSeconds * 1.02),
          }),
    },
    counters: {
      connections: opened,
      linkPackets: allRequests * 2,
      ...(subject.path === baselinePath ? {} : { dnatPackets: opened, bridgePackets: allRequests * 2 }),
    },
    ...(load !== 'closed'
      ? {
          pacing: {
            offeredPerSecond: rate,
            sentPerSecond: requests / wallSeconds,
            sendLagP50Us: 300,
            sendLagP99Us: 900,
          },
        }
      : {}),
  };
}

/** Rates of the windows of a slice: they scatter around its own. */
function turnRates(rng: RandomGenerator, rate: number): number[] {
  return Array.from({ length: turns }, () => rate * Math.exp(0.02 * normalDeviate(rng)));
}

/** The machine while a group takes turns: one pair of readings for all of its cases. */
function machineOf(loads: readonly Cpu[], foreign: number): MachineFigures {
  const sum = (part: (cpu: Cpu) => number) => loads.reduce((total, cpu) => total + part(cpu), 0);
  const wallSeconds = sum(({ loadSeconds }) => loadSeconds) * 1.03;
  const foreignSeconds = foreign * wallSeconds * cpuCount;
  const own = sum(
    ({ serverSeconds, proxySeconds, agentSeconds }) =>
      (serverSeconds ?? 0) + (proxySeconds ?? 0) + agentSeconds,
  );
  return {
    wallSeconds,
    cpus: cpuCount,
    busySeconds: own + foreignSeconds,
    foreignSeconds,
    stealSeconds: 0,
    throttledSeconds: 0,
    memoryStallSeconds: 0,
  };
}

/** Latency part of a slice with `count` lognormal latencies, drawn by strata of 0.02 σ to be quick. */
function lognormalLatency(
  rng: RandomGenerator,
  medianSeconds: number,
  sigma: number,
  count: number,
): Latency {
  const step = 0.02;
  const taken: Taken[] = [];
  for (let z = -4; z < 5; z += step) {
    const expected = (count * step * Math.exp(-(z ** 2) / 2)) / Math.sqrt(2 * Math.PI);
    const drawn = Math.floor(expected + uniformFloat64(rng));
    if (drawn > 0) taken.push({ ns: Math.round(medianSeconds * Math.exp(sigma * z) * 1e9), count: drawn });
  }
  if (taken.length === 0) throw new Error(`a synthetic slice of ${count} requests has no latencies`);
  return latencyOfCounts(taken);
}

function evidenceOf(subject: Case, round: number, contradictMapped: boolean): Evidence {
  const { server, path, role } = subject;
  const holds = !(contradictMapped && path === mappedPath && round === 1);
  const host = path === baselinePath;
  return {
    round,
    server,
    path,
    role,
    url: `http://198.18.0.1:${host ? 18_080 : 18_090}/`,
    verdict: holds ? 'consistent' : 'contradicted',
    findings: [
      {
        claim: host
          ? "the server shares the host's network namespace"
          : "the published port's DNAT rule counts a packet for each connection",
        expected: host ? 'net:[4026531840]' : '33 packets',
        observed: holds ? (host ? 'net:[4026531840]' : '33 packets') : '0 packets',
        holds,
      },
    ],
    raw: host ? { serverNamespace: 'net:[4026531840]' } : { dnatPackets: holds ? 33 : 0, connections: 33 },
  };
}

/** What was timed besides requests. Times differ by a few per cent from round to round. */
function timedOf(
  rng: RandomGenerator,
  { path }: Case,
  more: SyntheticOptions['timed'],
): Pick<Evidence, 'start' | 'probes'> {
  if (more === undefined) return {};
  const luck = (value: number) => value * Math.exp(0.03 * normalDeviate(rng));
  const [startSeconds, connectUs] = path === baselinePath ? [0, 0] : [more.startSeconds, more.connectUs];
  const timed = (p50Us: number) => ({ count: 2_000, p50Us, p75Us: 1.1 * p50Us });
  return {
    start: {
      createSeconds: luck(0.04),
      startSeconds: luck(0.2 + startSeconds),
      answerSeconds: luck(0.05),
      atOnce: more.atOnce ?? 1,
    },
    probes: { connect: timed(luck(90 + connectUs)), request: timed(luck(110)) },
  };
}

const requestsAtOnce = 4;

/** Up to the capacity of the server, the rate grows with the connections. From there on, the latency does. */
function sweepOf(
  rng: RandomGenerator,
  { server, path }: Case,
  connections: SyntheticOptions['sweep'],
): Pick<Evidence, 'sweep'> {
  if (connections === undefined) return {};
  const capacity = truthOf(server).capacity * (path === baselinePath ? 1 : usualEffect.capacity);
  const sweep = connections.map((count) => {
    const share = Math.min(1, count / requestsAtOnce);
    const requestsPerSecond = capacity * share * Math.exp(0.01 * normalDeviate(rng));
    const busy = { loadSeconds: 0.1, serverCpuBusySeconds: 0.1 * share, agentCpuBusySeconds: 0.04 * share };
    const used = {
      requests: Math.round(requestsPerSecond * 0.1),
      serverSeconds: 0.1 * share,
      agentSeconds: 0.03,
    };
    return {
      connections: count,
      requestsPerSecond,
      latencyP50Us: (1e6 * count) / requestsPerSecond,
      cpu: { ...busy, ...used },
    };
  });
  return { sweep };
}

function syntheticRunDocument(plan: Plan, options: SyntheticOptions, partial: boolean): Run {
  return {
    schemaVersion,
    runId: '20261120T093220Z-k3f9',
    state: partial ? 'partial' : 'complete',
    ...(partial ? { stateReason: 'interrupted by Ctrl-C' } : {}),
    startedAt: new Date(startMs).toISOString(),
    endedAt: new Date(startMs + 180_000).toISOString(),
    command: `bench run --rounds ${plan.rounds} --seed ${plan.seed}`,
    plan,
    environment: {
      benchVersion: '0.1.0',
      nodeVersion: 'v20.20.2',
      engine: {
        version: '20.10.24',
        apiVersion: '1.41',
        endpoint: 'socket',
        operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
        storageDriver: 'overlay2',
        cgroupVersion: '2',
        rootless: false,
        userlandProxy: true,
      },
      kernel: '6.1.0-40-amd64',
      cpuModel: 'Synthetic CPU',
      cpuCount,
      memoryBytes: 4 * 1024 ** 3,
      firewall: 'iptables-nft',
      sysctls: { 'net.ipv4.ip_forward': '1' },
      image: 'bench-lab:5f2c9e1a7b3d',
      serverVersions: { nginx: 'nginx/1.22.1', apache: 'Apache/2.4.62 (Debian)' },
      pinning: options.pinning ?? { kind: 'disjoint', serverCpus: '0', agentCpus: '1' },
      linkSubnet: '198.18.0.0/24',
    },
    ...(options.profiles === undefined || options.profiles.includes('steady')
      ? { rates: ratesOf(plan.servers) }
      : {}),
    ...(options.timed === undefined ? {} : timedOnce),
    ...(plan.paced === undefined ? {} : { pacedRates: ratesOf(plan.servers), jitter: jitterIn(options) }),
    ...(options.foreign?.processes === undefined ? {} : { foreign: othersOf(options.foreign) }),
    timing: { totalSeconds: 180, slicesSeconds: 148 },
  };
}

/** What a run times once where it times small tasks. In a lab no name server is reached. */
const timedOnce: Pick<Run, 'lookups' | 'agentCeiling'> = {
  lookups: [
    {
      mode: 'host',
      nameServers: ['192.0.2.53'],
      asked: 'localhost',
      timed: { problem: '192.0.2.53: ETIMEOUT' },
    },
    {
      mode: 'user-bridge',
      nameServers: ['127.0.0.11'],
      asked: 'container',
      timed: { count: 900, p50Us: 240, p75Us: 300 },
    },
  ],
  agentCeiling: { requestsPerSecond: 45_000, connections: 32, agentBusy: 0.97 },
};

function jitterIn({ gapsUs: [p99Us, p999Us] = [0, 4] }: SyntheticOptions): NonNullable<Run['jitter']> {
  return { wallSeconds: 4, p50Us: 0, p90Us: 0, p99Us, p999Us, longestUs: 2 * p999Us };
}

function ratesOf(servers: readonly string[]): NonNullable<Run['rates']> {
  return Object.fromEntries(servers.map((server) => [server, truthOf(server).steadyRate]));
}

/** Half of the foreign CPU time is the first process's, half of the rest the second's, and so on. */
function othersOf({
  share,
  processes = [],
}: NonNullable<SyntheticOptions['foreign']>): NonNullable<Run['foreign']> {
  const wallSeconds = 150;
  return {
    wallSeconds,
    processes: processes.map((name, index) => ({
      name,
      cpuSeconds: (share * wallSeconds * cpuCount) / 2 ** (index + 1),
    })),
  };
}

function shuffled<T>(rng: RandomGenerator, items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, key: uniformFloat64(rng) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
