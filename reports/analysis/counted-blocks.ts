import type { InvalidReason, Slice } from '../../bench/model/slice.ts';
import type { GroupBlocks } from '../../bench/model/summary.ts';
import { rules } from '../../bench/model/validity-rules.ts';
import { type ComparisonGroup, membersOf } from './comparison-group.ts';

/** Which blocks of one round count for a comparison group. */
export interface CountedBlocks {
  /** In ascending order; for all cases of the group the same. */
  readonly counted: readonly number[];
  /** The machine was disturbed, or the run ended in the middle of them. */
  readonly leftOut: readonly number[];
}

/**
 * The blocks of each round that count (bench/docs/method.md, section 2). A block in which the machine was disturbed is left
 * out for all cases of the group, so that no side of a comparison is measured at other times than the other.
 */
export function countedBlocks(group: ComparisonGroup): ReadonlyMap<number, CountedBlocks> {
  const members = membersOf(group);
  const rounds = new Set(members.flatMap((member) => [...member.rounds.keys()]));
  return new Map(
    [...rounds]
      .sort((a, b) => a - b)
      .map((round) => {
        const present = members.flatMap((member) => member.rounds.get(round) ?? []);
        const blocks = new Set(present.flatMap((slices) => [...slices.keys()]));
        const ascending = [...blocks].sort((a, b) => a - b);
        const counts = (block: number) =>
          present.every((slices) => {
            const slice = slices.get(block);
            return slice !== undefined && !isDisturbed(slice);
          });
        return [round, { counted: ascending.filter(counts), leftOut: ascending.filter((it) => !counts(it)) }];
      }),
  );
}

export function groupBlocks(
  { server, profile, baselinePath: baseline }: ComparisonGroup,
  rounds: ReadonlyMap<number, CountedBlocks>,
): GroupBlocks {
  let [measured, disturbed] = [0, 0];
  for (const { counted, leftOut } of rounds.values()) {
    measured += counted.length + leftOut.length;
    disturbed += leftOut.length;
  }
  return { server, profile: profile.name, baseline, measured, disturbed };
}

function isDisturbed(slice: Slice): boolean {
  return slice.status === 'invalid' && slice.reasons.some(({ rule }) => rules[rule].leavesOut === 'block');
}

/** What a case did wrong by itself in a slice; none where it counts, and of a failed slice its error. */
export function faultsOf(
  slice: Slice,
): readonly (Pick<InvalidReason, 'message'> & { readonly rule: string })[] {
  if (slice.status === 'completed') return [];
  if (slice.status === 'failed') return [{ rule: 'failed', message: slice.error.message }];
  return slice.reasons.filter(({ rule }) => rules[rule].leavesOut === 'round');
}
