import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { andersonDarling, exponential } from './anderson-darling.fixture.ts';
import { type Gaps, windowGaps } from './arrivals.ts';

const ratePerSecond = 5_000;
const meanMs = 1e3 / ratePerSecond;
/** One of 100 samples of the distribution is beyond it. */
const critical = 3.857;

function taken(gap: Gaps, count: number): number[] {
  return Array.from({ length: count }, gap);
}

test('the statistic tells exponential gaps from others: the values of a published example', () => {
  // Intervals between failures of the air conditioning of an aeroplane (Proschan 1963, plane 7912), which are
  // exponential by all tests of the literature.
  const intervals = [
    ...[23, 261, 87, 7, 120, 14, 62, 47, 225, 71, 246, 21, 42, 20, 5, 12, 120, 11, 3, 14, 71],
    ...[11, 14, 11, 16, 90, 1, 16, 52, 95],
  ];
  const mean = intervals.reduce((sum, it) => sum + it, 0) / intervals.length;
  expect(mean).toBeCloseTo(59.6, 1);
  expect(andersonDarling(intervals, exponential(mean))).toBeLessThan(critical);
  // The same intervals, if their mean were claimed to be half or twice as long.
  expect(andersonDarling(intervals, exponential(mean / 2))).toBeGreaterThan(critical);
  expect(andersonDarling(intervals, exponential(2 * mean))).toBeGreaterThan(critical);
});

test('poisson arrivals pass the test of Anderson and Darling, over many windows and within each', () => {
  const next = windowGaps({ kind: 'poisson', seed: 1 }, ratePerSecond);
  const windows = Array.from({ length: 40 }, () => taken(next(), 1_000));
  expect(andersonDarling(windows.flat(), exponential(meanMs))).toBeLessThan(critical);
  const rejected = windows.filter((gaps) => andersonDarling(gaps, exponential(meanMs)) > critical);
  // One of 100 is expected. Three of 40 have a probability of 0.8 %.
  expect(rejected.length).toBeLessThan(3);
  // Neighbours are independent: the larger of two is exponential as the maximum of two is.
  const pairs = windows
    .flat()
    .flatMap((gap, index, all) => (index % 2 === 0 ? [Math.max(gap, all[index + 1] ?? 0)] : []));
  expect(andersonDarling(pairs, (value) => exponential(meanMs)(value) ** 2)).toBeLessThan(critical);
});

test('uniform arrivals are equal gaps, and fail that test', () => {
  const gaps = taken(windowGaps({ kind: 'uniform', seed: 1 }, ratePerSecond)(), 1_000);
  expect(new Set(gaps)).toEqual(new Set([meanMs]));
  expect(andersonDarling(gaps, exponential(meanMs))).toBeGreaterThan(critical);
});

test('the n-th windows of two orders with one seed are alike, however much of the windows before was taken', () => {
  const seeds = fc.integer({ min: 0, max: 0xffff_ffff });
  const takenBefore = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(seeds, takenBefore, (seed, counts) => {
      const [one, other] = [seed, seed].map((it) => windowGaps({ kind: 'poisson', seed: it }, ratePerSecond));
      for (const count of counts) {
        const [long, short] = [one?.(), other?.()];
        if (long === undefined || short === undefined) throw new Error('no window');
        expect(taken(short, count)).toEqual(taken(long, 50).slice(0, count));
      }
    }),
  );
});

test('windows and seeds differ', () => {
  const first = (seed: number) => windowGaps({ kind: 'poisson', seed }, ratePerSecond);
  const next = first(1);
  const firsts = [...Array.from({ length: 20 }, () => next()()), ...[2, 3, 4].map((seed) => first(seed)()())];
  expect(new Set(firsts).size).toBe(firsts.length);
});
