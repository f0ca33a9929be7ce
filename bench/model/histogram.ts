import { inflateSync } from 'node:zlib';
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
    meanUs: histogram.mean / 1e3,
    p50Us: quantileNs(50) / 1e3,
    p90Us: quantileNs(90) / 1e3,
    p99Us: quantileNs(99) / 1e3,
    maxUs: histogram.maxValue / 1e3,
    histogram: encoded(histogram),
  };
}

/**
 * HdrHistogram's V2 encoding without its compression: twice the text, decoded in half of the time, of which a long run
 * has 100,000. The library writes the compressed form only: `cookie:4 length:4 deflate( … )`.
 */
function encoded(histogram: LatencyHistogram): string {
  const compressed = Buffer.from(hdr.encodeIntoCompressedBase64(histogram), 'base64');
  return inflateSync(compressed.subarray(8)).toString('base64');
}
