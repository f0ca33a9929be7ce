import { asValues } from '../../../reports/statistics/location.ts';
import { present } from '../../model/present.ts';
import { welchInterval } from './welch.ts';

export interface ObviousResult {
  /** Ratio of contender to baseline after all repeats. */
  readonly ratio: number;
  /** Relative half-width of its interval after all repeats; `undefined` where there is no interval. */
  readonly halfWidth: number | undefined;
  /** Repeats on each side. */
  readonly repeats: number;
  /** Repeats on each side after which the interval was tight enough, in hindsight. */
  readonly reachedAt?: number;
}

/**
 * The obvious way of comparing, as its user would evaluate it: throughputs of A×n and then B×n, the 95 %
 * interval of the ratio by Welch's t on the logarithms. It gets the benefit of hindsight: the smallest number
 * of repeats that would have been tight enough counts, although its user cannot know it in advance.
 */
export function obviousResult(
  baseline: readonly number[],
  contender: readonly number[],
  wanted: number,
): ObviousResult {
  const repeats = Math.min(baseline.length, contender.length);
  const after = (n: number) => {
    const [a, b] = [baseline, contender].map((values) => asValues(values.slice(0, n).map(Math.log)));
    return a === undefined || b === undefined ? undefined : welchInterval(a, b, 0.95);
  };
  const widthOf = (n: number) => {
    const interval = after(n);
    return interval === undefined ? undefined : Math.sinh((interval.high - interval.low) / 2);
  };
  // Two repeats are tight by luck more often than not. Three are the fewest that a user would believe.
  const counts = Array.from({ length: Math.max(0, repeats - 2) }, (_, index) => index + 3);
  const reachedAt = counts.find((n) => (widthOf(n) ?? Number.POSITIVE_INFINITY) <= wanted);
  return {
    ratio: Math.exp(after(repeats)?.difference ?? Number.NaN),
    halfWidth: widthOf(repeats),
    repeats,
    ...present({ reachedAt }),
  };
}
