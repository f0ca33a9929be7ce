import type { Values } from './location.ts';
import { orderStatistic, pairDifferences } from './ordered-sums.ts';

/** By how much one group of values lies above another. */
export interface Shift {
  /** Hodges–Lehmann: the median of all differences between a value of the one and a value of the other. */
  readonly value: number;
  /** Of `value`; `undefined` where a group has a single value, which says nothing about its spread. */
  readonly standardError: number | undefined;
}

/**
 * Two-sample Hodges–Lehmann shift (Hodges & Lehmann 1963). The standard error is Lehmann's (1963): half the
 * distance between the differences one standard deviation of the Mann–Whitney statistic below and above the
 * middle, which is what the distribution-free interval for the shift is made of. Under normal noise its square
 * is 5 % too large for 7 values a side and 11 % for 4; where bursts spoil a fifth of the values, 60 % for 7 (the
 * jackknife: 83 %).
 */
export function twoSampleShift(from: Values, to: Values): Shift {
  const [m, n] = [from.length, to.length];
  const differences = pairDifferences(from, to);
  const value = orderStatistic(differences, 0.5);
  if (m < 2 || n < 2) return { value, standardError: undefined };
  const step = Math.sqrt((m + n + 1) / (12 * m * n));
  const below = orderStatistic(differences, 0.5 - step);
  const above = orderStatistic(differences, 0.5 + step);
  return { value, standardError: (above - below) / 2 };
}
