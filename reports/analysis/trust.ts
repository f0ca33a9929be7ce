import { formatPercent, formatPercentInterval, pValueWords } from '../../bench/model/format.ts';
import { oneLine } from '../../bench/model/printable.ts';
import type { Run } from '../../bench/model/run.ts';
import type { MachineFigures } from '../../bench/model/slice.ts';
import { foreignShare } from '../../bench/model/validity-rules.ts';
import { twinWord } from '../words/baseline-words.ts';
import { membersOf } from './comparison-group.ts';
import { groupBlocks } from './counted-blocks.ts';
import type { Estimate } from './estimate.ts';
import type { CaseFigures, GroupFigures } from './round-figures.ts';

/**
 * If a larger share of blocks or rounds than this does not count, verdicts are untrusted
 * (bench/docs/method.md, section 4).
 */
export const largestLostShare = 0.2;

/**
 * Shares of the machine's CPU time over all blocks. Above the first the run warns. Above the second its
 * verdicts are untrusted.
 */
export const foreignLimits = { warning: 0.05, untrusted: 0.1 } as const;

/** CPU time that other processes used over all blocks of a run. */
export interface Foreign {
  /** Share of the machine's CPU time. */
  readonly share: number;
  /** The largest other processes, as shares of the machine's CPU time. */
  readonly processes: readonly { readonly name: string; readonly share: number }[];
}

/** Why a comparison cannot be trusted: in a few words for use inside a sentence, and in full. */
export interface Distrust {
  readonly brief: string;
  readonly reason: string;
}

/** The A/A control of a group on its declared metric, with its p corrected over all twins of the run. */
export interface TwinControl {
  readonly estimate: Estimate;
  readonly comparisons: number;
  readonly pNoDifference: number;
}

/** `undefined` if a block lacks the figure. */
export function foreignOf(run: Run, groups: readonly GroupFigures[]): Foreign | undefined {
  const share = foreignShare(stretchesOf(groups));
  if (share === undefined) return undefined;
  const seconds = (run.foreign?.wallSeconds ?? 0) * run.environment.cpuCount;
  const processes = (run.foreign?.processes ?? []).map(({ name, cpuSeconds }) => ({
    name,
    share: cpuSeconds / seconds,
  }));
  return { share, processes };
}

/**
 * The machine's figures in all blocks, including those that do not count. Cases that take turns share the
 * figures of their block, which appear once. Other cases have their own figures.
 */
export function stretchesOf(groups: readonly GroupFigures[]): readonly MachineFigures[] {
  return groups.flatMap(({ group }) => {
    const stretches = new Map<string, MachineFigures>();
    for (const slice of membersOf(group).flatMap(({ slices }) => slices)) {
      if (slice.status === 'failed') continue;
      const { round, block, machine } = slice;
      stretches.set([round, block, machine.wallSeconds, machine.busySeconds].join(' '), machine);
    }
    return [...stretches.values()];
  });
}

/**
 * The other processes in words, the largest first: `chrome, 22 %`. Empty where they cannot be seen. A process
 * can choose any name.
 */
export function processWords({ processes }: Foreign): string {
  const largest = processes.filter(({ share }) => share >= 0.01).slice(0, 3);
  return largest.map(({ name, share }) => `${oneLine(name)}, ${formatPercent(share)}`).join('; ');
}

/**
 * Why a comparison's verdict cannot be trusted; `undefined` if it can.
 * - The twin is the same as the baseline. If they differ significantly after Holm's correction over all twins
 *   of the run, the set-up itself makes the difference.
 * - Blocks or rounds are left out for a reason that may depend on the path. The remaining ones are then a
 *   selection.
 * - Other processes used the machine. Their load meets the paths by chance, but the figures are not those of
 *   a machine at rest.
 */
export function distrustOf(
  figures: GroupFigures,
  contender: CaseFigures,
  twin: TwinControl | undefined,
  { foreign, confidence }: { readonly foreign: Foreign | undefined; readonly confidence: number },
): Distrust | undefined {
  const found = [
    ...foreignLoad(foreign),
    ...twinDistrust(figures, twin, confidence),
    ...lostBlocks(figures),
    ...lostRounds(figures, contender),
  ];
  if (found.length === 0) return undefined;
  return {
    brief: found.map(({ brief }) => brief).join(' and '),
    reason: found.map(({ reason }) => reason).join('; '),
  };
}

function foreignLoad(foreign: Foreign | undefined): readonly Distrust[] {
  if (foreign === undefined || foreign.share <= foreignLimits.untrusted) return [];
  const named = processWords(foreign);
  const brief = `other processes took ${formatPercent(foreign.share)} of this machine${named === '' ? '' : ` (${named})`}`;
  return [{ brief, reason: `${brief}, more than ${formatPercent(foreignLimits.untrusted)}` }];
}

function twinDistrust(
  { group }: GroupFigures,
  twin: TwinControl | undefined,
  confidence: number,
): readonly Distrust[] {
  if (twin === undefined || !twinDiffers(twin, confidence)) return [];
  const { ratio, interval } = twin.estimate;
  const size = formatPercentInterval(ratio - 1, interval.low - 1, interval.high - 1);
  const isCopy = twinWord(group.baselinePath) === 'second copy';
  const of = isCopy ? 'identical servers' : 'measurements of one path';
  const corrected =
    twin.comparisons === 1 ? '' : ` after Holm's correction over ${twin.comparisons} noise checks`;
  return [
    {
      brief: `two ${of} differed by ${size} in this run`,
      reason:
        `the noise check failed: a second ${isCopy ? 'copy' : 'measurement'} of ${group.baselinePath} differs from it by ${size}, ` +
        `${pValueWords(twin.pNoDifference)}${corrected}`,
    },
  ];
}

export function twinDiffers({ pNoDifference }: TwinControl, confidence: number): boolean {
  return pNoDifference <= 1 - confidence + 1e-12;
}

function lostBlocks({ group, blocks }: GroupFigures): readonly Distrust[] {
  const { measured, disturbed } = groupBlocks(group, blocks);
  return lost('blocks', disturbed, measured);
}

function lostRounds({ blocks, baseline }: GroupFigures, contender: CaseFigures): readonly Distrust[] {
  const have = new Set(contender.rounds.map(({ round }) => round));
  const both = baseline.rounds.filter(({ round }) => have.has(round)).length;
  // Rounds without a counted block are left out here. `lostBlocks` checks the disturbed blocks.
  const counted = [...blocks.values()].filter((it) => it.counted.length > 0).length;
  return lost('rounds', counted - both, counted);
}

function lost(what: string, missing: number, all: number): readonly Distrust[] {
  if (missing <= largestLostShare * all) return [];
  const brief = `${missing} of ${all} ${what} do not count`;
  return [{ brief, reason: `${brief}, more than ${formatPercent(largestLostShare)}` }];
}
