import { deflateSync } from 'node:zlib';
import * as hdr from 'hdr-histogram-js';
import { emptyHistogram, type LatencyHistogram } from './histogram.ts';
import type { Latency } from './latency.ts';

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

/** The histogram of a slice line, read by HdrHistogram. Throws if the text is not an encoded histogram. */
export function decodeHistogram(latency: Pick<Latency, 'histogram'>): LatencyHistogram {
  return hdr.decodeFromCompressedBase64(compressed(latency.histogram), 32, false);
}

/** The other of HdrHistogram's two V2 encodings: the one that its library reads. */
function compressed(plain: string): string {
  const deflated = deflateSync(Buffer.from(plain, 'base64'));
  const head = Buffer.alloc(8);
  head.writeUInt32BE(0x1c849314, 0);
  head.writeUInt32BE(deflated.length, 4);
  return Buffer.concat([head, deflated]).toString('base64');
}
