import type { Values } from './location.ts';
import { normalTail } from './normal-tail.ts';

/** Two groups of values that share their circumstances: ranks are given within a stratum only. */
export interface Stratum {
  readonly first: Values;
  readonly second: Values;
}

/** Up to so many values in all, the distribution is counted out; beyond, the sum of ranks is as good as normal. */
const mostCounted = 64;

/**
 * Two-sided p of "in every stratum both groups come from one distribution": Wilcoxon's rank sums added up over
 * the strata (van Elteren 1960, with equal weights). Exact and conditional on ties, which get middle ranks; with
 * more than 64 values the normal approximation with continuity correction.
 * @param distributionOf pass `rememberedRankSums()` where strata of the same sizes repeat.
 */
export function stratifiedRankSumPValue(
  strata: readonly Stratum[],
  distributionOf: RankSumDistribution = sumDistribution,
): number {
  const ranked = strata.map(({ first, second }) => rank(first, second));
  const observed = ranked.reduce((sum, it) => sum + it.sumOfSecond, 0);
  const count = ranked.reduce((sum, it) => sum + it.doubledRanks.length, 0);
  if (count > mostCounted) return normalPValue(ranked, observed);
  const distribution = distributionOf(ranked);
  let below = 0;
  let above = 0;
  for (let sum = 0; sum < distribution.length; sum++) {
    if (sum <= observed) below += distribution[sum] ?? 0;
    if (sum >= observed) above += distribution[sum] ?? 0;
  }
  return Math.min(1, 2 * Math.min(below, above));
}

/** Ranks from 2 in steps of one half, doubled so that middle ranks are whole. */
export interface Ranked {
  readonly doubledRanks: readonly number[];
  /** Size of the second group, and the sum of its doubled ranks. */
  readonly drawn: number;
  readonly sumOfSecond: number;
}

function rank(first: Values, second: Values): Ranked {
  const all = [...first.map((value) => ({ value, own: 0 })), ...second.map((value) => ({ value, own: 1 }))];
  all.sort((a, b) => a.value - b.value);
  const doubledRanks: number[] = [];
  let sumOfSecond = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to + 1 < all.length && all[to + 1]?.value === all[from]?.value) to++;
    for (let place = from; place <= to; place++) {
      doubledRanks.push(from + to + 2);
      if (all[place]?.own === 1) sumOfSecond += from + to + 2;
    }
    from = to + 1;
  }
  return { doubledRanks, drawn: second.length, sumOfSecond };
}

/** P(sum of the doubled ranks that are drawn in all strata), index = sum. */
export type RankSumDistribution = (ranked: readonly Ranked[]) => Float64Array;

function sumDistribution(ranked: readonly Ranked[]): Float64Array {
  return ranked.map(stratumDistribution).reduce(convolve, Float64Array.of(1));
}

/** Computes each distribution once: without ties, it depends on the sizes only. */
export function rememberedRankSums(): RankSumDistribution {
  const known = new Map<string, Float64Array>();
  return (ranked) => {
    const key = ranked.map(({ doubledRanks, drawn }) => `${drawn}:${doubledRanks.join(' ')}`).join('/');
    const distribution = known.get(key) ?? sumDistribution(ranked);
    known.set(key, distribution);
    return distribution;
  };
}

/** P(sum of the doubled ranks of a random choice of `drawn`), index = sum; each value is in or out, in turn. */
function stratumDistribution({ doubledRanks, drawn }: Ranked): Float64Array {
  const most = doubledRanks.reduce((sum, it) => sum + it, 0);
  const ways = Array.from({ length: drawn + 1 }, () => new Float64Array(most + 1));
  const none = ways[0];
  if (none !== undefined) none[0] = 1;
  for (const [index, doubled] of doubledRanks.entries()) {
    for (let taken = Math.min(drawn, index + 1); taken >= 1; taken--) {
      const [more, fewer] = [ways[taken], ways[taken - 1]];
      if (more === undefined || fewer === undefined) continue;
      for (let sum = most; sum >= doubled; sum--) more[sum] = (more[sum] ?? 0) + (fewer[sum - doubled] ?? 0);
    }
  }
  const chosen = ways[drawn] ?? Float64Array.of(1);
  const total = chosen.reduce((sum, it) => sum + it, 0);
  return chosen.map((it) => it / total);
}

function convolve(some: Float64Array, others: Float64Array): Float64Array {
  const sums = new Float64Array(some.length + others.length - 1);
  for (let i = 0; i < some.length; i++) {
    const p = some[i] ?? 0;
    if (p === 0) continue;
    for (let j = 0; j < others.length; j++) sums[i + j] = (sums[i + j] ?? 0) + p * (others[j] ?? 0);
  }
  return sums;
}

function normalPValue(ranked: readonly Ranked[], observed: number): number {
  let expected = 0;
  let variance = 0;
  for (const { doubledRanks, drawn } of ranked) {
    const size = doubledRanks.length;
    const middle = size + 1;
    expected += drawn * middle;
    const squares = doubledRanks.reduce((sum, it) => sum + (it - middle) ** 2, 0);
    variance += (drawn * (size - drawn) * squares) / (size * (size - 1));
  }
  if (variance === 0) return 1;
  // A step of the doubled sum is 2 where nothing is tied: half of it is 1.
  const distance = Math.max(0, Math.abs(observed - expected) - 1);
  return Math.min(1, 2 * normalTail(distance / Math.sqrt(variance)));
}
