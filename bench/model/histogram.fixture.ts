import { emptyHistogram, type LatencyHistogram } from './histogram.ts';

// What HdrHistogram itself makes of several histograms: what our own counting of them is held against.

/** Histogram of all the given latencies: merged counts equal the counts of both. */
export function mergeHistograms(histograms: Iterable<LatencyHistogram>): LatencyHistogram {
  const merged = emptyHistogram();
  for (const histogram of histograms) merged.add(histogram);
  return merged;
}

/** Value below which the fraction `quantile` (0..1) of the latencies lies, in seconds. */
export function quantileSeconds(histogram: LatencyHistogram, quantile: number): number {
  return histogram.getValueAtPercentile(quantile * 100) / 1e9;
}
