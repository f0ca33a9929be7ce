import type { CompletedSlice, Slice } from '../../bench/model/slice.ts';
import type { SliceStart } from '../../bench/model/summary.ts';
import { holm } from '../statistics/holm.ts';
import { asValues } from '../statistics/location.ts';
import {
  hodgesLehmann,
  signedRank,
  signedRankInterval,
  signedRankPValue,
} from '../statistics/signed-rank.ts';
import type { Statistics } from './estimate.ts';
import type { CaseFigures, GroupFigures } from './round-figures.ts';

/** Turns at the beginning of a slice that are compared with the others. */
const first = 2;
/** A slice with fewer turns is ignored, because its first turns have too few others to be compared with. */
const fewestTurns = 2 * first;

/** One round: for each side, ln of the rate in the first turns over the rate in the other turns. */
interface StartRound {
  readonly round: number;
  readonly baseline: number;
  readonly contender: number;
}

/** A comparison as the report shows it, and the rounds it was computed from. */
interface AnalysedStart {
  readonly start: SliceStart;
  readonly rounds: readonly StartRound[];
}

/**
 * Tests whether slices begin at the rate at which they continue. It works on each declared comparison of a
 * closed loop, round by round. It divides the ratio contender/baseline of the rates in the first two turns of
 * the slices by the same ratio in their other turns. A load that needs some time to become steady on one path
 * would show here. It would be part of every figure.
 */
export function analysedStarts(
  groups: readonly GroupFigures[],
  statistics: Statistics,
): readonly AnalysedStart[] {
  const tested = groups.flatMap((figures) =>
    figures.contenders.flatMap((contender) => {
      const rounds = startRounds(figures.baseline, contender);
      const logRatios = asValues(rounds.map((it) => it.contender - it.baseline));
      if (logRatios === undefined) return [];
      const ranked = signedRank(logRatios, statistics.cumulativeOf);
      return [{ figures, contender, rounds, ranked, p: signedRankPValue(ranked, 0) }];
    }),
  );
  const adjusted = holm(tested.map(({ p }) => p));
  return tested.map(({ figures: { group }, contender, rounds, ranked }, index): AnalysedStart => {
    const { low, high } = signedRankInterval(ranked, statistics.confidence);
    const pValue = adjusted[index] ?? 1;
    const start = {
      server: group.server,
      profile: group.profile.name,
      path: contender.recorded.case.path,
      baseline: group.baselinePath,
      ratio: Math.exp(hodgesLehmann(ranked)),
      ratioLow: Math.exp(low),
      ratioHigh: Math.exp(high),
      rounds: ranked.n,
      pValue,
      differs: pValue <= 1 - statistics.confidence,
    };
    return { start, rounds };
  });
}

export function sliceStarts(groups: readonly GroupFigures[], statistics: Statistics): readonly SliceStart[] {
  return analysedStarts(groups, statistics).map(({ start }) => start);
}

function startRounds(baseline: CaseFigures, contender: CaseFigures): readonly StartRound[] {
  const others = new Set(contender.rounds.map(({ round }) => round));
  return baseline.rounds.flatMap(({ round, blocks }): StartRound[] => {
    if (!others.has(round)) return [];
    const [one, other] = [logStart(baseline, round, blocks), logStart(contender, round, blocks)];
    return one === undefined || other === undefined ? [] : [{ round, baseline: one, contender: other }];
  });
}

/** ln of the mean rate in the first turns over the mean rate in the other turns. */
function logStart({ recorded }: CaseFigures, round: number, blocks: readonly number[]): number | undefined {
  const slices = recorded.rounds.get(round);
  const rates = blocks.flatMap((block) => turnsOf(slices?.get(block)) ?? []);
  const [start, rest] = [
    meanOf(rates.flatMap((turns) => turns.slice(0, first))),
    meanOf(rates.flatMap((turns) => turns.slice(first))),
  ];
  return start > 0 && rest > 0 ? Math.log(start / rest) : undefined;
}

function turnsOf(slice: Slice | undefined): readonly (readonly number[])[] | undefined {
  const turns: CompletedSlice['turnRates'] = slice?.status === 'completed' ? slice.turnRates : undefined;
  return turns !== undefined && turns.length >= fewestTurns ? [turns] : undefined;
}

function meanOf(rates: readonly number[]): number {
  return rates.reduce((sum, rate) => sum + rate, 0) / rates.length;
}
