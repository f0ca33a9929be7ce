import { type Case, caseId } from '../../bench/model/case.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { Slice } from '../../bench/model/slice.ts';

/** The slices of one case in one round, by block. */
export type RoundSlices = ReadonlyMap<number, Slice>;

/** One case with everything that was recorded of it. */
export interface RecordedCase {
  readonly case: Case;
  /** Every slice, in the order of measurement. */
  readonly slices: readonly Slice[];
  readonly counts: SliceCounts;
  /** Every slice, by round and block. */
  readonly rounds: ReadonlyMap<number, RoundSlices>;
}

export type SliceCounts = Readonly<Record<Slice['status'], number>>;

/** The planned cases in the plan's order, then all other recorded cases in order of appearance. */
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
    return { case: subject, slices: own, counts: countSlices(own), rounds: byRound(own) };
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

function countSlices(slices: readonly Slice[]): SliceCounts {
  const counts = { completed: 0, invalid: 0, failed: 0 };
  for (const { status } of slices) counts[status] += 1;
  return counts;
}

function byRound(slices: readonly Slice[]): ReadonlyMap<number, RoundSlices> {
  const rounds = new Map<number, Map<number, Slice>>();
  for (const slice of slices) {
    const blocks = rounds.get(slice.round) ?? new Map<number, Slice>();
    blocks.set(slice.block, slice);
    rounds.set(slice.round, blocks);
  }
  return rounds;
}
