import { changeFields, type Statistics, signedRankOf } from './estimate.ts';

/** A figure of one deployment, by round. All are above zero. */
export type ByRound = ReadonlyMap<number, number>;

/** The rounds that have a figure above zero: no other has a logarithm, and none is measured where something ran. */
export function byRound<Of extends { readonly round: number }>(
  rounds: readonly Of[],
  figure: (of: Of) => number | undefined,
): ByRound {
  return new Map(
    rounds.flatMap((it) => {
      const value = figure(it);
      return value === undefined || value <= 0 ? [] : [[it.round, value] as const];
    }),
  );
}

/**
 * How a figure of a deployment differs from the baseline's, over the rounds that have both: estimated as every other
 * figure. `undefined` if no round has both.
 */
export function pairedChange(baseline: ByRound, contender: ByRound, statistics: Statistics) {
  const pairs = [...contender].flatMap(([round, contenderValue]) => {
    const baselineValue = baseline.get(round);
    return baselineValue === undefined ? [] : [{ baselineValue, contenderValue }];
  });
  const estimate = signedRankOf(pairs, statistics);
  return estimate && { ...changeFields(estimate), rounds: pairs.length };
}
