import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  compressed,
  decodeHistogram,
  mergeHistograms,
  quantileSeconds,
} from '../../bench/model/histogram.fixture.ts';
import { emptyHistogram, latencyOf } from '../../bench/model/histogram.ts';
import { type Latency, longestLatencyNs } from '../../bench/model/latency.ts';
import { addLatency, addPool, clearPool, emptyPool, poolQuantile } from './latency-pool.ts';

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
        expect(poolQuantile(pool, quantile)).toBe(quantileSeconds(merged, quantile));
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

test('the compressed encoding of older folders is read as well', () => {
  const latency = latencyOfNs([1_000, 62_000, 62_000, 71_000, 59e9]);
  const [plain, older] = [emptyPool(), emptyPool()];
  addLatency(plain, latency);
  addLatency(older, { histogram: compressed(latency.histogram) });
  expect(older).toEqual(plain);
});

test('a histogram that was cut, or whose length was changed, is refused', () => {
  const { histogram } = latencyOfNs([1_000, 62_000, 62_000, 71_000]);
  const changed = Buffer.from(histogram, 'base64');
  changed.writeInt32BE(-1, 4);
  const older = compressed(histogram);
  for (const damaged of [histogram.slice(0, -4), changed.toString('base64'), older.slice(0, -12)]) {
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
