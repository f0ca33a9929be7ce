import { inflateSync } from 'node:zlib';
import fc from 'fast-check';
import * as hdr from 'hdr-histogram-js';
import { expect, test } from 'vitest';
import { decodeHistogram, hdrHistogramOf, mergeHistograms } from './histogram.fixture.ts';
import { emptyHistogram, type LatencyHistogram, latencyOf } from './histogram.ts';
import { type Latency, latencySchema, longestLatencyNs } from './latency.ts';

/** Latencies from 1 ns to one minute, as evenly over the orders of magnitude as over the values. */
const nanoseconds = fc.oneof(
  fc.integer({ min: 1, max: longestLatencyNs }),
  fc.double({ min: 0, max: Math.log(longestLatencyNs), noNaN: true }).map((log) => Math.floor(Math.exp(log))),
);
const latencies = fc.array(nanoseconds, { minLength: 1, maxLength: 200 });

function histogramOf(valuesNs: readonly number[]): LatencyHistogram {
  const histogram = emptyHistogram();
  for (const ns of valuesNs) histogram.recordValue(ns);
  return histogram;
}

function latencyPart(valuesNs: readonly number[]): Latency {
  const latency = latencyOf(histogramOf(valuesNs));
  if (latency === undefined) throw new Error('nothing was recorded');
  return latency;
}

/** The counts of a V2 encoding, which follow a head of 40 bytes. */
function countsOf(encoded: Buffer): string {
  return encoded.subarray(40).toString('hex');
}

function ourCounts(valuesNs: readonly number[]): string {
  return countsOf(Buffer.from(latencyPart(valuesNs).histogram, 'base64'));
}

/** HdrHistogram's own encoding of the same latencies, out of the compressed form that its library writes. */
function hdrCounts(histogram: hdr.Histogram): string {
  const packed = Buffer.from(hdr.encodeIntoCompressedBase64(histogram), 'base64');
  return countsOf(inflateSync(packed.subarray(8)));
}

test('counts and their encoding are those of HdrHistogram, byte for byte, from 1 ns to one minute', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      expect(ourCounts(values)).toBe(hdrCounts(hdrHistogramOf(values)));
    }),
  );
  // The edges between buckets of different widths, and numbers that need more than 32 bits.
  const edges = Array.from({ length: 35 }, (_, power) => 2 ** power).flatMap((it) => [
    it,
    it + 1,
    2 * it - 1,
  ]);
  for (const edge of edges) {
    expect(ourCounts([edge])).toBe(hdrCounts(hdrHistogramOf([edge])));
  }
});

test('a count of many latencies takes more than one byte, and is read as it was', () => {
  const histogram = emptyHistogram();
  histogram.recordValue(62_000, 1_000_000);
  const latency = latencyOf(histogram);
  if (latency === undefined) throw new Error('nothing was recorded');
  expect(decodeHistogram(latency).totalCount).toBe(1_000_000);
});

test('the mean is the true one, and quantiles are those of HdrHistogram, up to the maximum', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const { meanUs, p50Us, p90Us, p99Us, maxUs } = latencyPart(values);
      const reference = hdrHistogramOf(values);
      const byHdr = [50, 90, 99].map((percent) => reference.getValueAtPercentile(percent));
      const maxNs = Math.max(...values);
      expect([p50Us, p90Us, p99Us]).toEqual(byHdr.map((ns) => Math.min(ns, maxNs) / 1e3));
      expect(meanUs * 1e3).toBeCloseTo(values.reduce((sum, ns) => sum + ns, 0) / values.length, 3);
      expect(maxUs).toBe(maxNs / 1e3);
    }),
  );
});

test('what a slice line carries merges to the histogram of all', () => {
  fc.assert(
    fc.property(latencies, latencies, (some, others) => {
      const merged = mergeHistograms([some, others].map((values) => decodeHistogram(latencyPart(values))));
      expect(hdrCounts(merged)).toBe(ourCounts([...some, ...others]));
    }),
    { numRuns: 50 },
  );
});

test('scaling all latencies scales quantiles and mean, up to the rounding', () => {
  const smaller = fc.array(fc.integer({ min: 1_000, max: 1_000_000 }), { minLength: 1, maxLength: 100 });
  fc.assert(
    fc.property(smaller, fc.integer({ min: 1, max: 10_000 }), (values, factor) => {
      const before = latencyPart(values);
      const after = latencyPart(values.map((ns) => ns * factor));
      for (const key of ['meanUs', 'p50Us', 'p90Us', 'p99Us', 'maxUs'] as const) {
        expect(Math.abs(after[key] / before[key] / factor - 1)).toBeLessThan(0.0021);
      }
    }),
  );
});

test('the latency part of a slice line passes its schema, and is left out when nothing was recorded', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      expect(latencySchema.safeParse(latencyPart(values)).success).toBe(true);
    }),
  );
  expect(latencyOf(emptyHistogram())).toBeUndefined();
});

test('a latency of nothing counts as 1 ns, one beyond a minute as a minute', () => {
  const histogram = histogramOf([0, 3.6e12]);
  expect(histogram.totalCount).toBe(2);
  expect(histogram.quantileNs(0.5)).toBe(1);
  expect(latencyOf(histogram)?.maxUs).toBe(longestLatencyNs / 1e3);
});
