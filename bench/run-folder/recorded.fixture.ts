import { toDataKeys } from '../model/data-keys.ts';
import { type Evidence, evidenceSchema } from '../model/evidence.ts';
import { emptyHistogram, latencyOf } from '../model/histogram.ts';
import type { Plan } from '../model/plan.ts';
import { loadProfiles } from '../model/profile.ts';
import { type Run, runSchema, schemaVersion } from '../model/run.ts';
import { type CompletedSlice, sliceSchema } from '../model/slice.ts';
import { planCommand } from '../plan/plan-command.ts';

const plan: Plan = {
  servers: ['nginx'],
  comparisons: [{ baseline: 'host/external', contenders: ['bridge/external/published'] }],
  profiles: [loadProfiles.latency],
  rounds: 8,
  blocks: 3,
  sliceSeconds: 0.4,
  rampSeconds: 0.1,
  warmupSeconds: 0.15,
  bodyBytes: 1024,
  seed: 7,
  confidence: 0.95,
};

/** A run that has just begun: small, whole, and nothing about it is real. */
export function exampleRun(runId: string): Run {
  return {
    schemaVersion,
    runId,
    state: 'running',
    startedAt: '2026-11-20T09:32:20.000Z',
    command: planCommand(plan),
    plan,
    environment: {
      benchVersion: '0.0.0',
      nodeVersion: 'v20.0.0',
      engine: {
        version: '27.0.0',
        apiVersion: '1.46',
        endpoint: 'socket',
        operatingSystem: 'Example Linux',
        storageDriver: 'overlay2',
        cgroupVersion: '2',
        rootless: false,
        userlandProxy: true,
      },
      kernel: '6.1.0',
      cpuModel: 'Example CPU',
      cpuCount: 2,
      memoryBytes: 4e9,
      sysctls: {},
      image: 'bench-lab:example',
      serverVersions: { nginx: '1.22.1' },
      pinning: { kind: 'disjoint', serverCpus: '0', agentCpus: '1' },
      linkSubnet: '198.18.0.0/24',
    },
  };
}

/** The n-th slice of the example, n = 1, 2, 3 …; n is its position. */
export function exampleSlice(n: number): CompletedSlice {
  const histogram = emptyHistogram();
  for (let each = 0; each < 50; each++) histogram.recordValue(60_000 + each * 700 + (n % 7) * 1_000);
  const latency = latencyOf(histogram);
  if (latency === undefined) throw new Error('the example has latencies');
  return {
    status: 'completed',
    server: 'nginx',
    path: 'bridge/external/published',
    role: 'contender',
    profile: 'latency',
    round: 1,
    block: 1,
    position: n,
    startedAt: '2026-11-20T09:32:21.000Z',
    requests: 5000,
    servedRequests: 5000.4,
    bytes: 6_000_000,
    wallSeconds: 0.4,
    rampSeconds: 0.1,
    edgeSeconds: 0,
    pendingSeconds: 0.00002,
    connections: 1,
    faults: { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 },
    latency,
    cpu: { loadSeconds: 0.5, requests: 6250, serverSeconds: 0.11, agentSeconds: 0.08 },
    machine: { wallSeconds: 1.6, cpus: 2, busySeconds: 0.8, foreignSeconds: 0.02, stealSeconds: 0 },
    figures: { no_responses: 5000, faults: 0, littles_law: 0.97, foreign_cpu: 0.00625, cpu_steal: 0 },
  };
}

export function exampleEvidence(round: number): Evidence {
  return {
    round,
    server: 'nginx',
    path: 'bridge/external/published',
    role: 'contender',
    url: 'http://198.18.0.1:20001/',
    verdict: 'consistent',
    findings: [
      {
        claim: "the published port's DNAT rule counts the connections made",
        expected: '33',
        observed: '33',
        holds: true,
      },
    ],
    // U+2028 ends a line in some readers, and 'é' is two bytes that a chunk may separate.
    raw: { rule: 'docker0\u2028é' },
  };
}

/** As their files have them. */
export const asWritten = {
  run: toDataKeys(runSchema),
  slice: toDataKeys(sliceSchema),
  evidence: toDataKeys(evidenceSchema),
} as const;

/** A file of such lines. */
export function linesOf(kind: 'slice' | 'evidence', documents: readonly unknown[]): string {
  return documents.map((one) => `${JSON.stringify(asWritten[kind](one))}\n`).join('');
}
