import { formatPercent, formatPercentInterval, formatPValue } from '../../bench/model/format.ts';
import { oneLine } from '../../bench/model/printable.ts';
import type { Run } from '../../bench/model/run.ts';
import type { MachineFigures } from '../../bench/model/slice.ts';
import { foreignShare } from '../../bench/model/validity-rules.ts';
import { membersOf } from './comparison-group.ts';
import { groupBlocks } from './counted-blocks.ts';
import type { Estimate } from './estimate.ts';
import type { CaseFigures, GroupFigures } from './round-figures.ts';

/** A larger share of blocks or rounds that do not count than this makes verdicts untrusted (bench/docs/method.md, section 4). */
export const largestLostShare = 0.2;

/** Of the machine's CPU time over all blocks: above the first the run warns, above the second its verdicts are untrusted. */
export const foreignLimits = { warning: 0.05, untrusted: 0.1 } as const;

/** CPU time that others used over all blocks of a run. */
export interface Foreign {
  /** Of the machine's. */
  readonly share: number;
  /** The largest other processes, as shares of the machine's CPU time. */
  readonly processes: readonly { readonly name: string; readonly share: number }[];
}

/** Why nothing of a comparison can be trusted: in a few words for a sentence, and in full. */
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

/** `undefined` where a block does not say. */
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
 * The machine in all blocks, those included that do not count. Cases that take turns share the figures of their block, which
 * are there once; others have each their own.
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

/** The other processes in words, the largest first: `chrome, 22 %`. Empty where they cannot be seen. A process names itself as it likes. */
export function processWords({ processes }: Foreign): string {
  const largest = processes.filter(({ share }) => share >= 0.01).slice(0, 3);
  return largest.map(({ name, share }) => `${oneLine(name)}, ${formatPercent(share)}`).join('; ');
}

/**
 * Why a comparison's verdict cannot be trusted; none if it can.
 * - The twin is the same as the baseline, so a difference between them, significant after Holm's correction over all
 *   twins of the run, is one that the set-up makes by itself.
 * - Blocks or rounds do not count for a reason, and the reason may depend on the path: what is left is a selection.
 * - Others used the machine: their load meets the paths by chance, but the figures are not those of a machine at rest.
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
  const corrected = twin.comparisons === 1 ? '' : ` after Holm's correction over ${twin.comparisons} twins`;
  return [
    {
      brief: `two identical servers differed by ${size} in this run`,
      reason:
        `the twin, a second identical deployment of ${group.baselinePath}, differs from it by ${size}, ` +
        `p = ${formatPValue(twin.pNoDifference)}${corrected}`,
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
  // What a disturbed machine left nothing of is among the blocks.
  const counted = [...blocks.values()].filter((it) => it.counted.length > 0).length;
  return lost('rounds', counted - both, counted);
}

function lost(what: string, missing: number, all: number): readonly Distrust[] {
  if (missing <= largestLostShare * all) return [];
  const brief = `${missing} of ${all} ${what} do not count`;
  return [{ brief, reason: `${brief}, more than ${formatPercent(largestLostShare)}` }];
}
