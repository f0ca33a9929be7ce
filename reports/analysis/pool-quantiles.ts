import { upperEdgeNs } from '../../bench/model/histogram-buckets.ts';
import type { LatencyPool } from '../../bench/model/latency-pool.ts';

/**
 * Value in microseconds at or below which the fraction `quantile` (0..1) of the latencies lies: the upper edge of
 * its bucket, as HdrHistogram gives it. 0 for an empty pool.
 */
export function poolQuantile(pool: LatencyPool, quantile: number): number {
  // A rounding error may make the product larger than the exact whole number.
  const wanted = Math.max(1, Math.ceil(quantile * pool.total * (1 - Number.EPSILON)));
  let reached = 0;
  for (let bucket = pool.from; bucket < pool.to; bucket++) {
    reached += pool.counts[bucket] ?? 0;
    if (reached >= wanted) return upperEdgeNs(bucket) / 1e3;
  }
  return 0;
}

/** Fewest responses that must lie beyond a quantile for it to be shown: a quantile with fewer is mostly chance. */
export const fewestBeyond = 100;

/** Quantiles that a reader asks for by name. */
export const namedQuantiles = [0.5, 0.9, 0.99, 0.999] as const;

/**
 * The last binary digits of a power differ from one version of Node to the next. Rounding makes the report
 * the same.
 */
const decimals = 12;

/**
 * Points from the median outwards, four for each halving of the share of slower responses. These are even
 * steps on an axis of log percentiles. The points end where fewer than 100 responses are slower. The median
 * is always included, and so are the named quantiles as far as the points go.
 */
export function distributionPoints(
  pool: LatencyPool,
): readonly { readonly quantile: number; readonly microseconds: number }[] {
  // 1 − 0.9 is not exactly a tenth.
  const slower = (quantile: number) => Math.round(pool.total * (1 - quantile));
  const all: number[] = namedQuantiles.filter((it) => it === 0.5 || slower(it) >= fewestBeyond);
  for (let step = 1; ; step++) {
    const beyond = 0.5 * 2 ** (-step / 4);
    if (pool.total * beyond < fewestBeyond) break;
    all.push(Number((1 - beyond).toFixed(decimals)));
  }
  return all
    .toSorted((a, b) => a - b)
    .map((quantile) => ({ quantile, microseconds: poolQuantile(pool, quantile) }));
}
