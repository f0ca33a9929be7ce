import type { CompletedSlice, Slice } from '../../bench/model/slice.ts';
import type { SliceStart } from '../../bench/model/summary.ts';
import { holm } from '../statistics/holm.ts';
import { asValues, type Values } from '../statistics/location.ts';
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
/** With fewer turns there is nothing to compare them with. */
const fewestTurns = 2 * first;

/**
 * Do slices begin as they go on? For each declared comparison of a closed loop: the ratio contender/baseline of the rates
 * in the first two turns of the slices, over the ratio in their other turns, round by round. A load that needs a while to
 * become steady on one path would show here, and would be part of every figure.
 */
export function sliceStarts(groups: readonly GroupFigures[], statistics: Statistics): readonly SliceStart[] {
  const tested = groups.flatMap((figures) =>
    figures.contenders.flatMap((contender) => {
      const logRatios = startRatios(figures.baseline, contender);
      if (logRatios === undefined) return [];
      const ranked = signedRank(logRatios, statistics.cumulativeOf);
      return [{ figures, contender, ranked, p: signedRankPValue(ranked, 0) }];
    }),
  );
  const adjusted = holm(tested.map(({ p }) => p));
  return tested.map(({ figures: { group }, contender, ranked }, index): SliceStart => {
    const { low, high } = signedRankInterval(ranked, statistics.confidence);
    const pValue = adjusted[index] ?? 1;
    return {
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
  });
}

function startRatios(baseline: CaseFigures, contender: CaseFigures): Values | undefined {
  const others = new Map(contender.rounds.map(({ round, blocks }) => [round, blocks]));
  return asValues(
    baseline.rounds.flatMap(({ round, blocks }) => {
      if (!others.has(round)) return [];
      const [one, other] = [logStart(baseline, round, blocks), logStart(contender, round, blocks)];
      return one === undefined || other === undefined ? [] : [other - one];
    }),
  );
}

/** ln of the mean rate in the first turns over that in the others. */
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
