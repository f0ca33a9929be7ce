import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHistogram, mergeHistograms, quantileSeconds } from './histogram.fixture.ts';
import { emptyHistogram, type LatencyHistogram, latencyOf, recordMilliseconds } from './histogram.ts';
import { type Latency, latencySchema, longestLatencyNs } from './latency.ts';

/** Latencies from 1 ns to one minute, as evenly over the orders of magnitude as over the values. */
const nanoseconds = fc.oneof(
  fc.integer({ min: 1, max: longestLatencyNs }),
  fc.double({ min: 0, max: Math.log(longestLatencyNs), noNaN: true }).map((log) => Math.floor(Math.exp(log))),
);
const latencies = fc.array(nanoseconds, { minLength: 1, maxLength: 200 });

function histogramOf(valuesNs: readonly number[]): LatencyHistogram {
  const histogram = emptyHistogram();
  for (const ns of valuesNs) recordMilliseconds(histogram, ns / 1e6);
  return histogram;
}

function latencyPart(valuesNs: readonly number[]): Latency {
  const latency = latencyOf(histogramOf(valuesNs));
  if (latency === undefined) throw new Error('nothing was recorded');
  return latency;
}

/** All counts of a histogram as text: equal if and only if every count is. */
function countsOf(histogram: LatencyHistogram): string | undefined {
  return latencyOf(histogram)?.histogram;
}

/** Nearest rank: the smallest value with at least the fraction `quantile` of all values at or below it. */
function trueQuantile(valuesNs: readonly number[], quantile: number): number {
  const sorted = valuesNs.toSorted((a, b) => a - b);
  return sorted[Math.max(Math.ceil(quantile * sorted.length - 1e-9), 1) - 1] ?? Number.NaN;
}

test('a latency keeps 3 significant digits over the whole range, from 1 ns to one minute', () => {
  fc.assert(
    fc.property(nanoseconds, (ns) => {
      const recorded = quantileSeconds(histogramOf([ns]), 0.5) * 1e9;
      expect(Math.abs(recorded - ns)).toBeLessThanOrEqual(ns / 1000 + 1e-6);
    }),
  );
});

test('values below 2048 ns are exact', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2047 }), (ns) => {
      const us = ns / 1e3;
      expect(latencyPart([ns])).toMatchObject({ meanUs: us, p50Us: us, p90Us: us, p99Us: us, maxUs: us });
    }),
  );
});

test('every quantile is within 0.1 % of the true one', () => {
  fc.assert(
    fc.property(latencies, fc.integer({ min: 1, max: 1000 }), (values, permille) => {
      const expected = trueQuantile(values, permille / 1000);
      const found = quantileSeconds(histogramOf(values), permille / 1000) * 1e9;
      expect(Math.abs(found - expected)).toBeLessThanOrEqual(expected / 1000 + 1e-6);
    }),
  );
});

test('the mean is within 0.1 % of the true one, and the quantiles rise up to the maximum', () => {
  fc.assert(
    fc.property(latencies, (values) => {
      const { meanUs, p50Us, p90Us, p99Us, maxUs } = latencyPart(values);
      const mean = values.reduce((sum, ns) => sum + ns, 0) / values.length;
      expect(Math.abs(meanUs * 1e3 - mean)).toBeLessThanOrEqual(mean / 1000);
      expect([p50Us, p90Us, p99Us, maxUs]).toEqual([p50Us, p90Us, p99Us, maxUs].toSorted((a, b) => a - b));
      expect(maxUs).toBe(Math.max(...values) / 1e3);
    }),
  );
});

test('merged histograms equal the histogram of both, in any order', () => {
  fc.assert(
    fc.property(latencies, latencies, (some, others) => {
      const both = countsOf(histogramOf([...some, ...others]));
      expect(countsOf(mergeHistograms([histogramOf(some), histogramOf(others)]))).toEqual(both);
      expect(countsOf(mergeHistograms([histogramOf(others), histogramOf(some)]))).toEqual(both);
    }),
    { numRuns: 50 },
  );
});

test('merging nothing, or with nothing, changes nothing', () => {
  expect(mergeHistograms([]).totalCount).toBe(0);
  const values = [70_000, 82_000, 1_500_000];
  expect(countsOf(mergeHistograms([emptyHistogram(), histogramOf(values)]))).toEqual(
    countsOf(histogramOf(values)),
  );
});

test('what a slice line carries merges to the same as the histograms themselves', () => {
  fc.assert(
    fc.property(latencies, latencies, (some, others) => {
      const read = [some, others].map((values) => decodeHistogram(latencyPart(values)));
      expect(countsOf(mergeHistograms(read))).toEqual(countsOf(histogramOf([...some, ...others])));
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
  const histogram = emptyHistogram();
  recordMilliseconds(histogram, 0);
  recordMilliseconds(histogram, 3_600_000);
  expect(histogram.totalCount).toBe(2);
  expect(quantileSeconds(histogram, 0.5)).toBe(1e-9);
  expect(latencyOf(histogram)?.maxUs).toBe(longestLatencyNs / 1e3);
});
