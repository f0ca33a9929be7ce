import { longestLatencyNs } from './latency.ts';

/*
 * The buckets of HdrHistogram (Tene) for nanoseconds with 3 significant digits, a relative error below 0.1 %. Bucket
 * i < 2048 is the value i; from there on each 1024 buckets are twice as wide as the 1024 before.
 */

export const significantDigits = 3;
/** Half of the buckets of one width: as many as 3 significant digits need, rounded up to a power of 2. */
const halfCount = 1024;
const doublings = Math.ceil(Math.log2(longestLatencyNs / (2 * halfCount)));
export const bucketCount = (doublings + 2) * halfCount;

export function bucketOf(ns: number): number {
  if (ns < 2 * halfCount) return ns;
  // JavaScript has no bit operations for integers above 32 bits, which begin at 4 s.
  const doubling = ns < 2 ** 32 ? 21 - Math.clz32(ns) : Math.floor(Math.log2(ns)) - 10;
  return doubling * halfCount + Math.floor(ns / 2 ** doubling);
}

export function upperEdgeNs(bucket: number): number {
  if (bucket < 2 * halfCount) return bucket;
  const doubling = Math.floor(bucket / halfCount) - 1;
  return ((bucket % halfCount) + halfCount + 1) * 2 ** doubling - 1;
}
