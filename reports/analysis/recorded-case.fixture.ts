import type { Case } from '../../bench/model/case.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { loadProfiles } from '../../bench/model/profile.ts';
import type { CompletedSlice, Cpu, InvalidSlice, Slice, ValidityRule } from '../../bench/model/slice.ts';
import { latencyOfCounts } from '../encoded-latency.fixture.ts';
import { baselinePath, bridgePath, mappedPath } from '../synthetic-run.fixture.ts';
import { comparisonGroups } from './comparison-group.ts';
import { recordedCases } from './recorded-cases.ts';
import { type GroupFigures, groupFigures } from './round-figures.ts';

export const baselineCase: Case = {
  server: 'nginx',
  path: baselinePath,
  role: 'baseline',
  profile: 'latency',
};
export const twinCase: Case = { ...baselineCase, role: 'twin' };
export const bridgeCase: Case = { ...baselineCase, path: bridgePath, role: 'contender' };
export const mappedCase: Case = { ...bridgeCase, path: mappedPath };

/** What a test says about a slice; all else is ordinary. */
export interface SliceFigures {
  readonly round: number;
  readonly block: number;
  readonly latencyUs?: number;
  readonly requests?: number;
  readonly wallSeconds?: number;
  readonly turnRates?: readonly number[];
  readonly cpu?: Partial<Cpu>;
  readonly foreignSeconds?: number;
}

/** A completed slice all of whose responses took the same time: quick to make by the thousand. */
export function completedSlice(subject: Case, figures: SliceFigures): CompletedSlice {
  const { round, block, requests = 1_000, wallSeconds = 0.5, turnRates } = figures;
  return {
    ...subject,
    round,
    block,
    position: 1,
    startedAt: '2026-11-20T09:32:20.000Z',
    status: 'completed',
    requests,
    servedRequests: requests,
    bytes: requests * 1_262,
    wallSeconds,
    ...(turnRates === undefined ? {} : { turns: turnRates.length, turnRates: [...turnRates] }),
    rampSeconds: 0.1,
    edgeSeconds: 0,
    pendingSeconds: 0,
    connections: loadProfiles[subject.profile].connections,
    faults: { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 },
    latency: latencyOfCounts([{ ns: Math.round((figures.latencyUs ?? 62) * 1e3), count: requests }]),
    cpu: {
      loadSeconds: wallSeconds,
      requests,
      serverSeconds: 44e-6 * requests,
      agentSeconds: 18e-6 * requests,
      ...figures.cpu,
    },
    machine: {
      wallSeconds: 1,
      cpus: 2,
      busySeconds: 0.5,
      stealSeconds: 0,
      foreignSeconds: figures.foreignSeconds ?? 0,
    },
    figures: {},
  };
}

/** The same slice with a rule that it broke. */
export function invalid(slice: CompletedSlice, rule: ValidityRule, message: string): InvalidSlice {
  return { ...slice, status: 'invalid', reasons: [{ rule, message }] };
}

/** Host mode against bridge and mapped mode under the profile of these slices, as the analysis sees them. */
export function groupOf(slices: readonly Slice[]): GroupFigures {
  const profile = loadProfiles[slices[0]?.profile ?? 'latency'];
  const plan: Plan = {
    servers: ['nginx'],
    comparisons: [{ baseline: baselinePath, contenders: [bridgePath, mappedPath] }],
    profiles: [profile],
    ...{ rounds: 8, blocks: 2, sliceSeconds: 0.5, rampSeconds: 0.1, warmupSeconds: 0.1 },
    ...{ bodyBytes: 1024, seed: 1, confidence: 0.95 },
  };
  const [group] = comparisonGroups(plan, recordedCases(plan, slices));
  if (group === undefined) throw new Error('no group');
  return groupFigures(group);
}

/** The figures of one contender. */
export function contenderOf({ contenders }: GroupFigures, path: string) {
  const found = contenders.find(({ recorded }) => recorded.case.path === path);
  if (found === undefined) throw new Error(`no contender ${path}`);
  return found;
}
