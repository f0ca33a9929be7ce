import { type Case, caseId } from '../../bench/model/case.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { CompletedSlice, Slice } from '../../bench/model/slice.ts';

/** Completed slices of one round by block: what a block of another case is paired with. */
export type RoundSlices = ReadonlyMap<number, CompletedSlice>;

/** One case with everything that was recorded of it. */
export interface RecordedCase {
  readonly case: Case;
  /** Every slice, in the order of measurement. */
  readonly slices: readonly Slice[];
  readonly counts: SliceCounts;
  /** Completed slices, by round and block. Rounds without one are absent. */
  readonly rounds: ReadonlyMap<number, RoundSlices>;
}

/** How many slices there are of each kind; those that are client-bound are among the completed. */
export interface SliceCounts {
  readonly completed: number;
  readonly invalid: number;
  readonly failed: number;
  readonly clientBound: number;
}

export function countSlices(slices: readonly Slice[]): SliceCounts {
  const counts = { completed: 0, invalid: 0, failed: 0, clientBound: 0 };
  for (const slice of slices) {
    counts[slice.status] += 1;
    if (slice.status === 'completed' && slice.marks.includes('client-bound')) counts.clientBound += 1;
  }
  return counts;
}

/** What was planned, in the plan's order, and then anything else that was recorded, in order of appearance. */
export function recordedCases(plan: Plan, slices: readonly Slice[]): readonly RecordedCase[] {
  const byCase = new Map<string, Slice[]>();
  const appeared = new Map<string, Case>();
  for (const slice of slices) {
    const id = caseId(slice);
    const known = byCase.get(id);
    if (known === undefined) {
      byCase.set(id, [slice]);
      const { server, path, role, profile } = slice;
      appeared.set(id, { server, path, role, profile });
    } else {
      known.push(slice);
    }
  }
  const planned = plannedCases(plan).filter((it) => it.role !== 'twin' || appeared.has(caseId(it)));
  const plannedIds = new Set(planned.map(caseId));
  const unplanned = [...appeared.values()].filter((it) => !plannedIds.has(caseId(it)));
  return [...planned, ...unplanned].map((subject) => {
    const own = byCase.get(caseId(subject)) ?? [];
    return { case: subject, slices: own, counts: countSlices(own), rounds: completedByRound(own) };
  });
}

/** Baseline, twin and contenders of each comparison, for every server and profile of the plan. */
function plannedCases(plan: Plan): readonly Case[] {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap(({ name: profile }) =>
      plan.comparisons.flatMap(({ baseline, contenders }): Case[] => [
        { server, path: baseline, role: 'baseline', profile },
        { server, path: baseline, role: 'twin', profile },
        ...contenders.map((path): Case => ({ server, path, role: 'contender', profile })),
      ]),
    ),
  );
}

function completedByRound(slices: readonly Slice[]): ReadonlyMap<number, RoundSlices> {
  const rounds = new Map<number, Map<number, CompletedSlice>>();
  for (const slice of slices) {
    if (slice.status !== 'completed') continue;
    const blocks = rounds.get(slice.round) ?? new Map<number, CompletedSlice>();
    blocks.set(slice.block, slice);
    rounds.set(slice.round, blocks);
  }
  return rounds;
}
