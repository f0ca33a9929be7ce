import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHistogram, mergeHistograms, quantileSeconds } from '../../bench/model/histogram.fixture.ts';
import { emptyHistogram, latencyOf } from '../../bench/model/histogram.ts';
import { type Latency, longestLatencyNs } from '../../bench/model/latency.ts';
import { addLatency, addPool, clearPool, emptyPool } from '../../bench/model/latency-pool.ts';
import { latencyOfCounts } from '../encoded-latency.fixture.ts';
import { distributionPoints, poolQuantile } from './pool-quantiles.ts';

const quantiles = [0, 0.01, 0.5, 0.75, 0.9, 0.99, 0.999, 1];
const latencyNs = fc.oneof(
  fc.integer({ min: 1, max: 5_000 }),
  fc.integer({ min: 1, max: 5_000_000 }),
  fc.integer({ min: 1, max: longestLatencyNs }),
);
const slices = fc
  .array(fc.array(latencyNs, { minLength: 1, maxLength: 30 }), { minLength: 1, maxLength: 4 })
  .map((it) => it.map(latencyOfNs));

test('a pool has the count and the quantiles of the merged histograms', () => {
  fc.assert(
    fc.property(slices, (latencies) => {
      const pool = emptyPool();
      for (const latency of latencies) addLatency(pool, latency);
      const merged = mergeHistograms(latencies.map(decodeHistogram));
      expect(pool.total).toBe(merged.totalCount);
      for (const quantile of quantiles.slice(1)) {
        expect(poolQuantile(pool, quantile)).toBeCloseTo(quantileSeconds(merged, quantile) * 1e6, 6);
      }
    }),
    { seed: 1, numRuns: 40 },
  );
});

test('pools add up to the pool of all, and a cleared one is empty', () => {
  const [first, second] = [latencyOfNs([1_000, 62_000, 62_000]), latencyOfNs([71_000, 59e9])];
  const whole = emptyPool();
  const part = emptyPool();
  addLatency(part, first);
  addPool(whole, part);
  clearPool(part);
  expect(part).toEqual(emptyPool());
  addLatency(part, second);
  addPool(whole, part);
  addLatency(part, first);
  expect(whole).toEqual(part);
});

test("the fixture's encoding is that of the recorded histograms", () => {
  const taken = [
    { ns: 900, count: 1 },
    { ns: 62_000, count: 300 },
    { ns: 62_010, count: 5 },
    { ns: 1_500_000, count: 2 },
  ];
  const recorded = latencyOfNs(taken.flatMap(({ ns, count }) => Array<number>(count).fill(ns)));
  const [made, expected] = [emptyPool(), emptyPool()];
  addLatency(made, latencyOfCounts(taken));
  addLatency(expected, recorded);
  expect(made).toEqual(expected);
});

test('a pool without latencies has no quantile but 0', () => {
  expect(poolQuantile(emptyPool(), 0.5)).toBe(0);
});

test('a distribution goes outwards from the median as far as a hundred responses lie beyond', () => {
  const pool = emptyPool();
  addLatency(pool, latencyOfNs(Array.from({ length: 1_600 }, (_, index) => 1_000 + index)));
  const points = distributionPoints(pool);
  expect(points[0]).toEqual({ quantile: 0.5, microseconds: 1.799 });
  // 0.5 · 2^(−k/4) of 1,600 is at least 100 up to k = 12; and 90 % has a name.
  expect(points).toHaveLength(14);
  expect(points.map(({ quantile }) => quantile)).toContain(0.9);
  expect(points.at(-1)).toEqual({ quantile: 0.9375, microseconds: expect.closeTo(2.499, 3) });
});

test('p99 is there from 10,000 responses on', () => {
  const quantiles = (count: number) => {
    const pool = emptyPool();
    addLatency(pool, latencyOfNs(Array.from({ length: count }, (_, index) => 1_000 + index)));
    return distributionPoints(pool).map(({ quantile }) => quantile);
  };
  expect(quantiles(9_900)).not.toContain(0.99);
  expect(quantiles(10_000)).toContain(0.99);
});

test('a histogram that was cut, or whose length was changed, is refused', () => {
  const { histogram } = latencyOfNs([1_000, 62_000, 62_000, 71_000]);
  const changed = Buffer.from(histogram, 'base64');
  changed.writeInt32BE(-1, 4);
  for (const damaged of [histogram.slice(0, -4), changed.toString('base64')]) {
    const adding = () => addLatency(emptyPool(), { histogram: damaged });
    expect(adding).toThrow('not an encoded latency histogram');
    expect(adding).toThrow(expect.objectContaining({ kind: 'usage', hint: expect.stringMatching(/Remove/) }));
  }
});

test('what is not a histogram is refused', () => {
  const good = latencyOfNs([1_000]);
  for (const histogram of ['', 'AAAA', 'bm90IGEgaGlzdG9ncmFt']) {
    expect(() => addLatency(emptyPool(), { ...good, histogram })).toThrow('not an encoded latency histogram');
  }
});

function latencyOfNs(values: readonly number[]): Latency {
  const histogram = emptyHistogram();
  for (const value of values) histogram.recordValue(value);
  const latency = latencyOf(histogram);
  if (latency === undefined) throw new Error('no latencies');
  return latency;
}
