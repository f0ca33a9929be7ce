import type { PairedExplanation } from '../../bench/model/explanation.ts';
import { oneLine } from '../../bench/model/printable.ts';
import { formatCount, formatNumber, formatPercent, formatValue, type Unit } from '../format.ts';
import { isExact } from '../statistics/signed-rank.ts';
import { condensed } from './condensed.ts';

type Round = PairedExplanation['rounds'][number];

/** The rounds of a comparison with their slices, on either side. */
export function roundLines(
  { rounds, estimator, minResponses }: PairedExplanation,
  unit: Unit,
  sides: readonly [string, string],
): readonly string[] {
  return [
    `   Of each round: ${estimator.ofRound}.`,
    ...(minResponses > 1
      ? [`   Needs ${formatCount(minResponses)} responses in every round, on either side.`]
      : []),
    ...condensed(rounds, 'rounds', (round) => linesOfRound(round, unit, sides)),
  ];
}

function linesOfRound(
  { round, ratio, baselineValue, contenderValue, slices }: Round,
  unit: Unit,
  [before, after]: readonly [string, string],
): readonly string[] {
  const valuesOf = (side: 'baseline' | 'contender') =>
    slices
      .filter((it) => it.side === side)
      .map(({ value, responses, turnRates }) => {
        if (value === undefined) return `${formatCount(responses)} responses`;
        const turns = turnRates?.map((rate) => formatNumber(rate, 0)).join(' ');
        return formatValue(value, unit) + (turns === undefined ? '' : ` (turns ${turns})`);
      })
      .join(', ');
  const blocks = slices.filter(({ side }) => side === 'baseline').map(({ block }) => block);
  const width = Math.max(before.length, after.length);
  return [
    `   round ${round}, blocks ${blocks.join(' ')}: ratio ${formatNumber(ratio, 4)}, ${formatValue(baselineValue, unit)} and ${formatValue(contenderValue, unit)}`,
    `     ${before.padEnd(width)}  ${valuesOf('baseline')}`,
    `     ${after.padEnd(width)}  ${valuesOf('contender')}`,
  ];
}

/** Which of the Walsh averages the estimate and its interval are. */
export function estimatorLines({ rounds, estimator }: PairedExplanation): readonly string[] {
  return [
    `   ${estimator.ofRun}: ${rounds.length} rounds have ${estimator.walshAverages} averages of two, each with itself included.`,
    `   ${formatPercent(estimator.wanted)} wanted: from the ${ordinal(estimator.rank)} smallest to the ${ordinal(estimator.rank)} largest average, which covers with ` +
      `${formatNumber(estimator.reached * 100, 2)} % (${isExact(rounds.length) ? 'exact ' : ''}Wilcoxon signed-rank).`,
  ];
}

export function leftOutLines(
  { leftOut }: PairedExplanation,
  [before, after]: readonly [string, string],
): readonly string[] {
  if (leftOut.length === 0) return ['   none'];
  return condensed(leftOut, 'slices', ({ side, round, block, status, why }) => [
    `   ${side === 'baseline' ? before : after}, round ${round}, block ${block}: ${status}: ${oneLine(why)}`,
  ]);
}

function ordinal(rank: number): string {
  const suffixes = ['th', 'st', 'nd', 'rd'] as const;
  const teen = rank % 100 >= 11 && rank % 100 <= 13;
  return `${rank}${teen ? 'th' : (suffixes[rank % 10] ?? 'th')}`;
}
