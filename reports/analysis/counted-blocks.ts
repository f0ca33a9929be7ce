import type { InvalidReason, Slice } from '../../bench/model/slice.ts';
import type { GroupBlocks } from '../../bench/model/summary.ts';
import { rules } from '../../bench/model/validity-rules.ts';
import { type ComparisonGroup, membersOf } from './comparison-group.ts';
import type { RoundSlices } from './recorded-cases.ts';

/** The blocks of one round, in ascending order. They are the same for all cases of a comparison group. */
export interface CountedBlocks {
  readonly counted: readonly number[];
  /** Blocks in which the machine was disturbed. They do not count. */
  readonly disturbed: readonly number[];
  /** Blocks in which the run ended. They do not count either, but the machine was not disturbed. */
  readonly interrupted: readonly number[];
}

/**
 * The blocks of each round that count (bench/docs/method.md, section 2). A block in which the machine was
 * disturbed is left out for all cases of the group, so that all sides of a comparison are measured at the
 * same times. A block without a slice of one of the cases, because the run ended in it, is left out as well.
 */
export function countedBlocks(group: ComparisonGroup): ReadonlyMap<number, CountedBlocks> {
  const members = membersOf(group).filter(({ slices }) => slices.length > 0);
  const rounds = new Set(members.flatMap((member) => [...member.rounds.keys()]));
  return new Map(
    [...rounds]
      .sort((a, b) => a - b)
      .map((round) => [round, countedIn(members.map((member) => member.rounds.get(round) ?? new Map()))]),
  );
}

function countedIn(members: readonly RoundSlices[]): CountedBlocks {
  const blocks = { counted: [] as number[], disturbed: [] as number[], interrupted: [] as number[] };
  const all = new Set(members.flatMap((slices) => [...slices.keys()]));
  for (const block of [...all].sort((a, b) => a - b)) {
    const slices = members.flatMap((member) => member.get(block) ?? []);
    if (slices.some(isDisturbed)) blocks.disturbed.push(block);
    else if (slices.length < members.length) blocks.interrupted.push(block);
    else blocks.counted.push(block);
  }
  return blocks;
}

/** How many measured blocks the run has of a group, and how many of them were disturbed. */
export function groupBlocks(
  { server, profile, baselinePath: baseline }: ComparisonGroup,
  rounds: ReadonlyMap<number, CountedBlocks>,
): GroupBlocks {
  let [measured, disturbed] = [0, 0];
  for (const round of rounds.values()) {
    measured += round.counted.length + round.disturbed.length;
    disturbed += round.disturbed.length;
  }
  return { server, profile: profile.name, baseline, measured, disturbed };
}

/** Why blocks of a group do not count, as its slices report it. */
export function disturbancesOf(group: ComparisonGroup): readonly InvalidReason[] {
  return membersOf(group).flatMap(({ slices }) =>
    slices.flatMap((slice) =>
      slice.status === 'invalid' ? slice.reasons.filter(({ rule }) => rules[rule].leavesOut === 'block') : [],
    ),
  );
}

function isDisturbed(slice: Slice): boolean {
  return slice.status === 'invalid' && slice.reasons.some(({ rule }) => rules[rule].leavesOut === 'block');
}

/** The faults of the case itself in a slice. Empty where the slice counts. For a failed slice, its error. */
export function faultsOf(
  slice: Slice,
): readonly (Pick<InvalidReason, 'message'> & { readonly rule: string })[] {
  if (slice.status === 'completed') return [];
  if (slice.status === 'failed') return [{ rule: 'failed', message: slice.error.message }];
  return slice.reasons.filter(({ rule }) => rules[rule].leavesOut === 'round');
}
