import type { Values } from './location.ts';

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
  const differences = new Float64Array(m * n);
  let next = 0;
  for (const upper of to) for (const lower of from) differences[next++] = upper - lower;
  differences.sort();
  const value = orderStatistic(differences, 0.5);
  if (m < 2 || n < 2) return { value, standardError: undefined };
  const step = Math.sqrt((m + n + 1) / (12 * m * n));
  const below = orderStatistic(differences, 0.5 - step);
  const above = orderStatistic(differences, 0.5 + step);
  return { value, standardError: (above - below) / 2 };
}

/** The k-th of N at probability (k − ½)/N, between them by linear interpolation: at ½ the median. */
function orderStatistic(ascending: Float64Array, probability: number): number {
  const position = Math.min(ascending.length - 1, Math.max(0, probability * ascending.length - 0.5));
  const below = ascending[Math.floor(position)] ?? Number.NaN;
  const above = ascending[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}
