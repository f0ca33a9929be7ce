import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { JumpableRandomGenerator } from 'pure-rand/types/JumpableRandomGenerator';
import type { ArrivalOrder } from '../model/arrivals.ts';

/** Gives the time from one request to the next, in milliseconds. */
export type Gaps = () => number;

/**
 * The gaps of one window after the other. Each window has a separate stream of random numbers, 2⁶⁴ steps from
 * the last one. The n-th windows of two orders with one seed are therefore alike, however many requests fell
 * due in the windows before.
 */
export function windowGaps({ kind, seed }: ArrivalOrder, ratePerSecond: number): () => Gaps {
  const meanMs = 1e3 / ratePerSecond;
  if (kind === 'uniform') return () => () => meanMs;
  const stream: JumpableRandomGenerator = xoroshiro128plus(seed);
  return () => {
    stream.jump();
    const random = stream.clone();
    // The inverse of the exponential distribution. `1 - u` keeps the logarithm off zero.
    return () => -meanMs * Math.log(1 - uniformFloat64(random));
  };
}
