import * as hdr from 'hdr-histogram-js';
import { type Latency, longestLatencyNs } from './latency.ts';

const significantDigits = 3;

/**
 * Latencies of one slice in integer nanoseconds with 3 significant digits
 * (HdrHistogram, Tene; relative error below 0.1 %).
 */
export type LatencyHistogram = hdr.Histogram;

export function emptyHistogram(): LatencyHistogram {
  return hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestLatencyNs,
    numberOfSignificantValueDigits: significantDigits,
    bitBucketSize: 32,
    useWebAssembly: false,
  });
}

/** Records one latency in milliseconds (as autocannon's `response` event gives it: a float). */
export function recordMilliseconds(histogram: LatencyHistogram, milliseconds: number): void {
  const ns = Math.round(milliseconds * 1e6);
  histogram.recordValue(Math.min(Math.max(ns, 1), longestLatencyNs));
}

/** The latency part of a slice line, or `undefined` when nothing was recorded. */
export function latencyOf(histogram: LatencyHistogram): Latency | undefined {
  if (histogram.totalCount === 0) return undefined;
  // A quantile is the upper edge of its bucket, which may lie beyond the longest latency itself.
  const quantileNs = (percent: number) =>
    Math.min(histogram.getValueAtPercentile(percent), histogram.maxValue);
  return {
    meanNs: histogram.mean,
    p50Ns: quantileNs(50),
    p90Ns: quantileNs(90),
    p99Ns: quantileNs(99),
    maxNs: histogram.maxValue,
    histogram: hdr.encodeIntoCompressedBase64(histogram),
  };
}

/** The histogram of a slice line. Throws if the text is not an encoded histogram. */
export function decodeHistogram(latency: Latency): LatencyHistogram {
  return hdr.decodeFromCompressedBase64(latency.histogram, 32, false);
}
