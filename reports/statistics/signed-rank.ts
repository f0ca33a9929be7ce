import type { Values } from './location.ts';

/**
 * Wilcoxon's signed-rank statistics for one group of independent values that are symmetric about an unknown
 * centre: here, one log ratio a round. It works from n = 1, and everything is exact.
 *
 * V, the sum of the ranks of |y| over the positive y, equals the number of positive Walsh averages
 * (y_i + y_j)/2, i ≤ j (Tukey 1949). Estimate, interval and test all read the same sorted list of them, so
 * they cannot contradict one another: p ≤ 1 − confidence exactly where the interval excludes the centre.
 *
 * Sources: Wilcoxon 1945; Hodges & Lehmann 1963; Hollander, Wolfe & Chicken, Nonparametric Statistical
 * Methods, 3rd ed., sections 3.1–3.3.
 */

/** A group of values, ready to be asked for estimate, interval and test. */
interface SignedRank {
  readonly n: number;
  /** All n(n+1)/2 averages of two values, each value with itself included, in ascending order. */
  readonly averages: Float64Array;
  readonly cumulative: Cumulative;
}

/** The null distribution of V for n values: P(V ≤ v) for v = 0 … n(n+1)/2 when the centre is 0. */
export type Cumulative = Float64Array;

/** @param cumulativeOf the null distribution by n; pass `rememberedCumulative()` where n repeats. */
export function signedRank(
  values: Values,
  cumulativeOf: (n: number) => Cumulative = signedRankCumulative,
): SignedRank {
  const n = values.length;
  return { n, averages: walshAverages(values), cumulative: cumulativeOf(n) };
}

function walshAverages(values: Values): Float64Array {
  const averages = new Float64Array((values.length * (values.length + 1)) / 2);
  let place = 0;
  for (const [index, value] of values.entries()) {
    for (let other = 0; other <= index; other++) {
      averages[place++] = (value + elementAt(values, other)) / 2;
    }
  }
  return averages.sort();
}

/** Hodges–Lehmann estimate of the centre: the median of the Walsh averages. */
export function hodgesLehmann({ averages }: SignedRank): number {
  const upper = averages.length >> 1;
  const high = elementAt(averages, upper);
  return averages.length % 2 === 1 ? high : (elementAt(averages, upper - 1) + high) / 2;
}

/**
 * P(V = v) for v = 0 … n(n+1)/2 when the centre is 0. Under that hypothesis each rank 1 … n enters V with
 * probability one half, independently, so the distribution is built up rank by rank.
 */
export function signedRankDistribution(n: number): Float64Array {
  const highest = (n * (n + 1)) / 2;
  const probabilities = new Float64Array(highest + 1);
  probabilities[0] = 1;
  // V and most − V are equally likely, to the last digit. One half is added up, and the other is copied where
  // needed.
  const copyUpTo = (last: number, most: number) => {
    for (let v = (most >> 1) + 1; v <= last; v++) probabilities[v] = probabilities[most - v] ?? 0;
  };
  for (let rank = 1; rank <= n; rank++) {
    const most = (rank * (rank + 1)) / 2;
    const half = most >> 1;
    copyUpTo(Math.min(half, most - rank), most - rank);
    for (let v = half; v >= rank; v--) {
      probabilities[v] = ((probabilities[v] ?? 0) + (probabilities[v - rank] ?? 0)) / 2;
    }
    for (let v = Math.min(half, rank - 1); v >= 0; v--) probabilities[v] = (probabilities[v] ?? 0) / 2;
  }
  copyUpTo(highest, highest);
  return probabilities;
}

/** R's `psignrank(v, n)`. */
export function signedRankCumulative(n: number): Cumulative {
  let sum = 0;
  return signedRankDistribution(n).map((probability) => {
    sum += probability;
    return Math.min(1, sum);
  });
}

/** `signedRankCumulative` that computes each n once. */
export function rememberedCumulative(): (n: number) => Cumulative {
  const known = new Map<number, Cumulative>();
  return (n) => {
    const cumulative = known.get(n) ?? signedRankCumulative(n);
    known.set(n, cumulative);
    return cumulative;
  };
}

export interface SignedRankInterval {
  readonly low: number;
  readonly high: number;
  /** Level that is reached: n values allow only steps of 2^(1−n). */
  readonly confidence: number;
  /**
   * False when n values cannot give an interval at the requested level: below 6 values at 95 %. Low and high
   * are then the smallest and the largest value. This is the widest interval of the method, with its true
   * level.
   */
  readonly reachesLevel: boolean;
}

/**
 * The interval for the centre: from the k-th smallest to the k-th largest Walsh average, with the largest k
 * that still covers with probability 1 − 2·P(V ≤ k−1) ≥ `confidence`. The interval is closed, so equal values
 * make it cover more, never less.
 * @param confidence requested level, e.g. 0.95.
 */
export function signedRankInterval(
  { averages, cumulative }: SignedRank,
  confidence: number,
): SignedRankInterval {
  const allowed = (1 - confidence) / 2 + rounding;
  const k = signedRankIntervalRank(cumulative, confidence);
  const tail = elementAt(cumulative, k - 1);
  return {
    low: elementAt(averages, k - 1),
    high: elementAt(averages, averages.length - k),
    confidence: 1 - 2 * tail,
    reachesLevel: tail <= allowed,
  };
}

/**
 * k of the interval: how far its ends are from either end of the sorted Walsh averages. 1 is the outermost.
 */
export function signedRankIntervalRank(cumulative: Cumulative, confidence: number): number {
  const allowed = (1 - confidence) / 2 + rounding;
  // The first v from 1 on that is too likely. One exists, because the last probability is 1.
  const beyond = cumulative.findIndex((probability, v) => v >= 1 && probability > allowed);
  return Math.max(1, beyond);
}

/**
 * Two-sided p-value of "the centre lies in `from` … `to`"; for a point, `from` = `to`.
 *
 * A Walsh average that equals a bound (from values on the bound, or from pairs of opposite sign) counts as
 * inside, which favours the hypothesis. So zeros and ties need neither be dropped (Wilcoxon; R's
 * `wilcox.test`) nor be given middle ranks. p stays the same or errs towards "no difference". The test is the
 * dual of `signedRankInterval`: p ≤ 1 − confidence exactly if that interval lies wholly outside `from` … `to`.
 */
export function signedRankPValue(
  { averages, cumulative }: SignedRank,
  from: number,
  to: number = from,
): number {
  let [notAbove, notBelow] = [0, 0];
  for (const average of averages) {
    if (average <= to) notAbove++;
    if (average >= from) notBelow++;
  }
  return Math.min(1, 2 * elementAt(cumulative, Math.min(notAbove, notBelow)));
}

/** Sums of powers of two are exact; a level such as 1 − 0.95 is not. */
const rounding = 1e-12;

/** @throws RangeError if there is none at that index. */
function elementAt(values: ArrayLike<number>, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no element ${index} in ${values.length}`);
  return value;
}
