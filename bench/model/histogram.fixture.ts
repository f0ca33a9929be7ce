import { deflateSync } from 'node:zlib';
import * as hdr from 'hdr-histogram-js';
import { type Latency, longestLatencyNs } from './latency.ts';

// HdrHistogram itself: what our own counting and encoding are held against.

export type HdrHistogram = hdr.Histogram;

export function hdrHistogramOf(valuesNs: readonly number[]): HdrHistogram {
  const histogram = hdr.build({
    lowestDiscernibleValue: 1,
    highestTrackableValue: longestLatencyNs,
    numberOfSignificantValueDigits: 3,
    bitBucketSize: 32,
    useWebAssembly: false,
  });
  for (const value of valuesNs) histogram.recordValue(value);
  return histogram;
}

/** Histogram of all the given latencies: merged counts equal the counts of both. */
export function mergeHistograms(histograms: Iterable<HdrHistogram>): HdrHistogram {
  const merged = hdrHistogramOf([]);
  for (const histogram of histograms) merged.add(histogram);
  return merged;
}

/** Value below which the fraction `quantile` (0..1) of the latencies lies, in seconds. */
export function quantileSeconds(histogram: HdrHistogram, quantile: number): number {
  return histogram.getValueAtPercentile(quantile * 100) / 1e9;
}

/** The histogram of a slice line, read by HdrHistogram. Throws if the text is not an encoded histogram. */
export function decodeHistogram(latency: Pick<Latency, 'histogram'>): HdrHistogram {
  return hdr.decodeFromCompressedBase64(compressed(latency.histogram), 32, false);
}

/** The other of HdrHistogram's two V2 encodings: the one that its library reads, and that older folders have. */
export function compressed(plain: string): string {
  const deflated = deflateSync(Buffer.from(plain, 'base64'));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x1c849314, 0);
  head.writeUInt32BE(deflated.length, 4);
  return Buffer.concat([head, deflated]).toString('base64');
}
