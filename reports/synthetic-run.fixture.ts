import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { type Case, deploymentId, type Role } from '../bench/model/case.ts';
import type { Environment } from '../bench/model/environment.ts';
import type { Evidence } from '../bench/model/evidence.ts';
import { emptyHistogram, latencyOf } from '../bench/model/histogram.ts';
import type { Latency } from '../bench/model/latency.ts';
import type { PathId } from '../bench/model/path.ts';
import type { Plan } from '../bench/model/plan.ts';
import { type LoadProfile, loadProfiles, type ProfileName } from '../bench/model/profile.ts';
import type { RecordedRun } from '../bench/model/recorded-run.ts';
import type { Run } from '../bench/model/run.ts';
import { schemaVersion } from '../bench/model/run.ts';
import type { ServerName } from '../bench/model/server.ts';
import type { Faults, Slice } from '../bench/model/slice.ts';
import { normalDeviate } from './statistics/normal-deviate.ts';

export const baselinePath = 'host/external';
export const bridgePath = 'bridge/external/published';
export const mappedPath = 'mapped/external/published';

/** The truth that a synthetic run is made from: factors on the baseline's latency and CPU per request. */
export interface Effect {
  /** 1.19: latency × 1.19, throughput ÷ 1.19. */
  readonly slowdown: number;
  readonly cpu: number;
}

export interface SyntheticOptions {
  readonly seed: number;
  readonly rounds?: number;
  readonly blocks?: number;
  readonly servers?: readonly ServerName[];
  readonly profiles?: readonly ProfileName[];
  /** Bridge and mapped against host, from a remote client, if left out. */
  readonly comparisons?: Plan['comparisons'];
  /** By path; paths left out keep the default: bridge and mapped 19 % slower, 25 % more CPU. */
  readonly effects?: Readonly<Record<PathId, Effect>>;
  /** What the twin has and must not have. */
  readonly twinEffect?: Effect;
  /** False leaves the twin out of every round. */
  readonly twin?: boolean;
  /** This share of all slices is invalid. */
  readonly invalidShare?: number;
  /** This many slices failed. */
  readonly failedSlices?: number;
  /** This share of all slices is marked client-bound. */
  readonly clientBoundShare?: number;
  /** Standard deviation, on the log scale, of one deployment in one round. */
  readonly deploymentNoise?: number;
  /** Standard deviation, on the log scale, of one slice. */
  readonly sliceNoise?: number;
  /** Keeps only this share of the slices and calls the run partial. */
  readonly keptShare?: number;
  /** The first round's evidence for the mapped path is contradicted. */
  readonly contradicted?: boolean;
  readonly pinning?: Environment['pinning'];
  readonly sliceSeconds?: number;
}

/** µs at one connection and CPU µs per request, from the prototype's figures. */
const serverTruth = {
  nginx: { rttSeconds: 62e-6, requestsPerSecond: 27_000, cpuSeconds: 22e-6 },
  apache: { rttSeconds: 81e-6, requestsPerSecond: 19_000, cpuSeconds: 31e-6 },
} as const satisfies Record<ServerName, unknown>;

const noFaults: Faults = { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 };
const rampSeconds = 0.1;
const startMs = Date.UTC(2026, 10, 20, 9, 32, 20);

/**
 * A complete run folder in memory, made from a known truth: lognormal latencies, machine drift of several
 * percent, deployment and slice noise. The same options give the same run.
 */
export function syntheticRun(options: SyntheticOptions): RecordedRun {
  const rng = xoroshiro128plus(options.seed);
  const plan = syntheticPlan(options);
  const cases = casesOf(plan, options.twin ?? true);
  const slices: Slice[] = [];
  const evidence: Evidence[] = [];
  const total = plan.rounds * plan.blocks * cases.length;
  const failedAt = new Set(
    Array.from({ length: options.failedSlices ?? 0 }, () => uniformInt(rng, 0, total - 1)),
  );
  let drift = 0;

  for (let round = 1; round <= plan.rounds; round++) {
    const deployments = new Map(cases.map((subject) => [deploymentId(subject), subject]));
    const luck = new Map(
      [...deployments.keys()].map((id) => [id, normalDeviate(rng) * (options.deploymentNoise ?? 0.008)]),
    );
    for (let block = 1; block <= plan.blocks; block++) {
      for (const [index, subject] of shuffled(rng, cases).entries()) {
        const order = slices.length;
        drift = 0.97 * drift + normalDeviate(rng) * 0.008;
        const head = {
          ...subject,
          round,
          block,
          position: index + 1,
          startedAt: new Date(startMs + order * (plan.sliceSeconds + rampSeconds) * 1050).toISOString(),
        };
        const noise =
          drift +
          0.03 * Math.sin((6 * order) / total) +
          (luck.get(deploymentId(subject)) ?? 0) +
          normalDeviate(rng) * (options.sliceNoise ?? 0.012);
        const measured = measure(rng, subject, plan, options, noise);
        if (failedAt.has(order)) {
          slices.push({
            ...head,
            status: 'failed',
            error: { message: 'the load agent went away', hint: 'Run `bench doctor`, then repeat the run.' },
          });
        } else if (uniformFloat64(rng) < (options.invalidShare ?? 0)) {
          slices.push({
            ...head,
            ...measured,
            status: 'invalid',
            faults: { ...noFaults, errors: 3 },
            reasons: [{ rule: 'faults', message: '3 connection errors' }],
          });
        } else {
          slices.push({ ...head, ...measured, status: 'completed' });
        }
      }
    }
    evidence.push(
      ...[...deployments.values()].map((it) => evidenceOf(it, round, options.contradicted ?? false)),
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

function syntheticPlan(options: SyntheticOptions): Plan {
  const profiles: LoadProfile[] = (options.profiles ?? ['latency', 'throughput']).map(
    (it) => loadProfiles[it],
  );
  return {
    servers: [...(options.servers ?? ['nginx', 'apache'])],
    comparisons: options.comparisons ?? [{ baseline: baselinePath, contenders: [bridgePath, mappedPath] }],
    profiles,
    rounds: options.rounds ?? 8,
    blocks: options.blocks ?? 4,
    sliceSeconds: options.sliceSeconds ?? 0.4,
    rampSeconds,
    warmupSeconds: 0.2,
    bodyBytes: 1024,
    seed: options.seed,
    confidence: 0.95,
  };
}

function casesOf(plan: Plan, withTwin: boolean): readonly Case[] {
  const parts: readonly { readonly path: PathId; readonly role: Role }[] = plan.comparisons.flatMap((it) => [
    { path: it.baseline, role: 'baseline' as const },
    ...(withTwin ? [{ path: it.baseline, role: 'twin' as const }] : []),
    ...it.contenders.map((path) => ({ path, role: 'contender' as const })),
  ]);
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) => parts.map((part) => ({ server, ...part, profile: profile.name }))),
  );
}

function effectOf(subject: Case, options: SyntheticOptions): Effect {
  if (subject.role === 'twin') return options.twinEffect ?? { slowdown: 1, cpu: 1 };
  if (subject.role === 'baseline') return { slowdown: 1, cpu: 1 };
  return options.effects?.[subject.path] ?? { slowdown: 1.19, cpu: 1.25 };
}

function measure(rng: RandomGenerator, subject: Case, plan: Plan, options: SyntheticOptions, noise: number) {
  const truth = serverTruth[subject.server];
  const effect = effectOf(subject, options);
  const { connections } = loadProfiles[subject.profile];
  const sigma = subject.profile === 'latency' ? 0.18 : 0.35;
  const baseSeconds =
    subject.profile === 'latency' ? truth.rttSeconds : connections / truth.requestsPerSecond;
  const medianSeconds = baseSeconds * effect.slowdown * Math.exp(noise);
  const meanSeconds = medianSeconds * Math.exp(sigma ** 2 / 2);
  const wallSeconds = plan.sliceSeconds * (1 + 0.002 * uniformFloat64(rng));
  const requests = Math.round((0.97 * connections * wallSeconds) / meanSeconds);
  const windowSeconds = wallSeconds + plan.rampSeconds;
  const allRequests = Math.round((requests * windowSeconds) / wallSeconds);
  const busy =
    truth.cpuSeconds * effect.cpu * allRequests * Math.exp(0.5 * noise + 0.01 * normalDeviate(rng));
  const clientBound = uniformFloat64(rng) < (options.clientBoundShare ?? 0);
  return {
    requests,
    bytes: requests * (plan.bodyBytes + 238),
    wallSeconds,
    rampSeconds: plan.rampSeconds,
    edgeSeconds: 0,
    connections,
    agentCoreShare: clientBound ? 0.93 : 0.55,
    faults: noFaults,
    latency: lognormalLatency(rng, medianSeconds, sigma, requests),
    cpu: {
      windowSeconds,
      requests: allRequests,
      machineBusySeconds: busy,
      userSeconds: busy * 0.3,
      systemSeconds: busy * 0.4,
      softirqSeconds: busy * 0.3,
      stealSeconds: 0,
      serverSeconds: busy * 0.4,
      agentSeconds: busy * 0.4,
    },
    counters: {
      connections,
      linkPackets: allRequests * 2,
      ...(subject.path === baselinePath ? {} : { dnatPackets: connections, bridgePackets: allRequests * 2 }),
    },
    marks: clientBound ? ['client-bound' as const] : [],
  };
}

/** Latency part of a slice with `count` lognormal latencies, drawn by strata of 0.02 σ to be quick. */
function lognormalLatency(
  rng: RandomGenerator,
  medianSeconds: number,
  sigma: number,
  count: number,
): Latency {
  const histogram = emptyHistogram();
  const step = 0.02;
  for (let z = -4; z < 5; z += step) {
    const expected = (count * step * Math.exp(-(z ** 2) / 2)) / Math.sqrt(2 * Math.PI);
    const drawn = Math.floor(expected + uniformFloat64(rng));
    const ns = Math.round(medianSeconds * Math.exp(sigma * z) * 1e9);
    if (drawn > 0) histogram.recordValue(ns, drawn);
  }
  const latency = latencyOf(histogram);
  if (latency === undefined) throw new Error(`a synthetic slice of ${count} requests has no latencies`);
  return latency;
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
        endpoint: 'private',
        operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
        storageDriver: 'overlay2',
        cgroupVersion: '2',
        rootless: false,
        userlandProxy: true,
      },
      kernel: '6.1.0-40-amd64',
      cpuModel: 'Synthetic CPU',
      cpuCount: 2,
      memoryBytes: 4 * 1024 ** 3,
      firewall: 'iptables-nft',
      sysctls: { 'net.ipv4.ip_forward': '1' },
      image: 'bench-lab:5f2c9e1a7b3d',
      serverVersions: { nginx: 'nginx/1.22.1', apache: 'Apache/2.4.62 (Debian)' },
      pinning: options.pinning ?? { kind: 'disjoint', serverCpus: '0', agentCpus: '1' },
      linkSubnet: '198.18.0.0/24',
    },
    timing: { totalSeconds: 180, slicesSeconds: 148 },
  };
}

function shuffled<T>(rng: RandomGenerator, items: readonly T[]): readonly T[] {
  return items
    .map((item) => ({ item, key: uniformFloat64(rng) }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}
