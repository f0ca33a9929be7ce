import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { sum } from '../statistics/location.ts';
import { logOverhead } from './log-overhead.ts';
import { measuredRun } from './simulated-runs.fixture.ts';

test('y is the log of the ratio, and se what makes the interval of the given width', () => {
  // qt(0.975, 9) = 2.262157
  const [ratio, se] = [1.2, 0.01];
  const half = 2.262157 * se;
  const overhead = logOverhead({
    ratio,
    ratioLow: Math.exp(Math.log(ratio) - half),
    ratioHigh: Math.exp(Math.log(ratio) + half),
    confidence: 0.95,
    rounds: 10,
  });
  expect(overhead?.y).toBeCloseTo(Math.log(1.2), 10);
  expect(overhead?.se).toBeCloseTo(se, 7);
  expect(overhead?.df).toBe(9);
});

test('one round, equal rounds, or a bound of 0, has no standard error', () => {
  const overhead = { ratio: 1, ratioLow: 0.9, ratioHigh: 1.1, confidence: 0.95, rounds: 10 };
  expect(logOverhead({ ...overhead, rounds: 1 })).toBeUndefined();
  expect(logOverhead({ ...overhead, ratioLow: 0 })).toBeUndefined();
  expect(logOverhead({ ...overhead, ratioLow: 1, ratioHigh: 1 })).toBeUndefined();
  // Two neighboring numbers may have one logarithm.
  const [ratioLow, ratioHigh] = [3.5, 3.5 + 2 * Number.EPSILON];
  expect(ratioHigh).toBeGreaterThan(ratioLow);
  expect(logOverhead({ ...overhead, ratio: 3.5, ratioLow, ratioHigh })).toBeUndefined();
});

test("figures that no run of bench has do no harm: a stranger's folder may have them", () => {
  const overhead = { ratio: 1, ratioLow: 0.9, ratioHigh: 1.1, confidence: 0.95, rounds: 10 };
  for (const confidence of [-1, 0, 1 - Number.EPSILON / 2, 1, 1.5])
    expect(logOverhead({ ...overhead, confidence })).toBeUndefined();
  expect(logOverhead({ ...overhead, rounds: 2 ** 50 })?.df).toBe(399);
  expect(logOverhead({ ...overhead, ratioLow: 1e-300, ratioHigh: 1e300 })).toBeUndefined();
});

// Of six rounds, the interval reaches from the smallest to the largest: se is then too large rather than too small.
test.each([
  [6, 1.15],
  [10, 1.05],
  [20, 1.05],
  [40, 1.05],
])('of %i normal rounds it is the standard error of the mean, or at most %d times as much', (n, most) => {
  const rng = xoroshiro128plus(n);
  const se = 0.05 / Math.sqrt(n);
  const runs = Array.from({ length: 1000 }, () => measuredRun(rng, { y: 0.2, se, rounds: n }));
  const meanSquare = sum(runs.map((run) => run.se ** 2)) / runs.length;
  expect(Math.sqrt(meanSquare) / se).toBeGreaterThan(0.97);
  expect(Math.sqrt(meanSquare) / se).toBeLessThan(most);
});
