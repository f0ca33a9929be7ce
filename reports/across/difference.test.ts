import fc from 'fast-check';
import { expect, test } from 'vitest';
import { metric } from '../../bench/model/metric.ts';
import { holm } from '../statistics/holm.ts';
import { type Difference, differenceBetween, type JudgedDifference, judgeDifference } from './difference.ts';
import type { LogOverhead } from './log-overhead.ts';
import { measuredRun, shareOf } from './simulated-runs.fixture.ts';

const from: LogOverhead = { y: 0.18067, se: 0.005993923775142809, df: 9 };
const to: LogOverhead = { y: 0.199075, se: 0.007977725856939738, df: 11 };

test("it is Welch's t: the figures of SciPy, with degrees of freedom rounded down", () => {
  // SciPy 1.17.1, stats.ttest_ind(b, a, equal_var=False): p = 0.08046, df = 19.377, interval −0.0024528 to 0.0392628.
  const difference = differenceBetween(from, to, 0.95);
  expect(difference.ratio).toBeCloseTo(Math.exp(0.018405), 6);
  expect(difference.degreesOfFreedom).toBe(19);
  expect(difference.pValue).toBeCloseTo(0.0805, 3);
  expect(Math.log(difference.ratioLow)).toBeCloseTo(-0.00245, 4);
  expect(Math.log(difference.ratioHigh)).toBeCloseTo(0.03926, 4);
  expect(difference.inner.ratioLow).toBeGreaterThan(difference.ratioLow);
});

const someOverhead = fc.record({
  y: fc.double({ min: -1, max: 1, noNaN: true }),
  se: fc.double({ min: 1e-4, max: 0.2, noNaN: true }),
  df: fc.integer({ min: 1, max: 60 }),
});

test('interval and p agree, and the way back is the reciprocal', () => {
  fc.assert(
    fc.property(someOverhead, someOverhead, (one, other) => {
      const there = differenceBetween(one, other, 0.95);
      const back = differenceBetween(other, one, 0.95);
      expect(there.ratio * back.ratio).toBeCloseTo(1, 9);
      expect(there.ratioLow * back.ratioHigh).toBeCloseTo(1, 9);
      if (Math.abs(there.pValue - 0.05) > 1e-6)
        expect(there.ratioLow > 1 || there.ratioHigh < 1).toBe(there.pValue < 0.05);
      expect(there.degreesOfFreedom).toBeGreaterThanOrEqual(Math.min(one.df, other.df));
      expect(there.degreesOfFreedom).toBeLessThanOrEqual(one.df + other.df);
    }),
  );
});

// By chance, the share of 1,000 trials is within 1.4 points (two standard errors) of what ever more trials would give.
test.each([
  { rounds: [10, 10], ses: [0.01, 0.01] },
  { rounds: [10, 10], ses: [0.01, 0.03] },
  { rounds: [20, 20], ses: [0.01, 0.01] },
  { rounds: [10, 40], ses: [0.02, 0.01] },
])(
  'two runs with the same truth, $rounds rounds, errors of $ses: the 95 % interval covers 1 in 93 to 97 %',
  ({ rounds: [a = 0, b = 0], ses: [aSe = 0, bSe = 0] }) => {
    const share = shareOf(1000, a * 100 + b, (rng) => {
      const one = measuredRun(rng, { y: 0.2, se: aSe, rounds: a });
      const other = measuredRun(rng, { y: 0.2, se: bSe, rounds: b });
      const { ratioLow, ratioHigh } = differenceBetween(one, other, 0.95);
      return ratioLow <= 1 && ratioHigh >= 1;
    });
    expect(share).toBeGreaterThanOrEqual(0.93);
    expect(share).toBeLessThanOrEqual(0.97);
  },
);

test('of twelve main results that did not change, one is called slower or faster in at most 6 % of the pairs', () => {
  const together = 12;
  const share = shareOf(500, 12, (rng) => {
    const differences = Array.from({ length: together }, () => {
      const truthOfRun = { y: 0.2, se: 0.01, rounds: 10 };
      return differenceBetween(measuredRun(rng, truthOfRun), measuredRun(rng, truthOfRun), 0.95);
    });
    const corrected = holm(differences.map(({ pValue }) => pValue));
    const verdicts = differences.map(
      (difference, index) =>
        judgeDifference(difference, {
          ...{ metric: metric('latency_p50_us'), margin: 0.02, together },
          pCorrected: corrected[index] ?? 1,
        }).verdict,
    );
    return verdicts.some((verdict) => verdict === 'slower' || verdict === 'faster');
  });
  // By chance, the share of 500 trials is within 2 points (two standard errors) of what ever more would give.
  expect(share).toBeLessThanOrEqual(0.06);
});

const exact: Difference = {
  ratio: 1.05,
  ratioLow: 1.03,
  ratioHigh: 1.07,
  confidence: 0.95,
  inner: { ratioLow: 1.033, ratioHigh: 1.067 },
  degreesOfFreedom: 18,
  pValue: 0.0002,
};

function verdictOf(
  difference: Partial<Difference>,
  { pCorrected = 0.002, name = 'latency_p50_us' as const, margin = 0.02 } = {},
): JudgedDifference {
  const circumstances = { metric: metric(name), margin, pCorrected, together: 12 };
  return judgeDifference({ ...exact, ...difference }, circumstances);
}

test('more than before is slower, also of a capacity that is less; less than before is faster', () => {
  expect(verdictOf({})).toEqual({
    verdict: 'slower',
    reason:
      "the 95 % interval, 1.030 to 1.070, excludes 1, p = 0.002 by Holm's method over 12 differences of main results",
  });
  const less = { ratio: 0.95, ratioLow: 0.93, ratioHigh: 0.97, inner: { ratioLow: 0.933, ratioHigh: 0.967 } };
  expect(verdictOf(less).verdict).toBe('faster');
  const capacity = { metric: metric('throughput_rps'), margin: 0.02, pCorrected: 0.002, together: 12 };
  expect(judgeDifference({ ...exact, ...less }, capacity).verdict).toBe('slower');
  expect(judgeDifference(exact, capacity).verdict).toBe('faster');
});

test('what the correction does not show is open, and says that it may be chance', () => {
  expect(verdictOf({}, { pCorrected: 0.06 })).toEqual({
    verdict: 'open',
    reason:
      "the 95 % interval, 1.030 to 1.070, excludes 1, but that may be chance, p = 0.060 by Holm's method over 12 differences of main results",
  });
  const around = { ratio: 1, ratioLow: 0.96, ratioHigh: 1.04, inner: { ratioLow: 0.967, ratioHigh: 1.033 } };
  expect(verdictOf(around, { pCorrected: 1 })).toEqual({
    verdict: 'open',
    reason: 'the 95 % interval, 0.960 to 1.040, includes 1 and reaches beyond ±2 %',
  });
});

test('a 90 % interval inside the margin is equivalent, also where a smaller difference is shown', () => {
  const near = {
    ratio: 1.01,
    ratioLow: 1.004,
    ratioHigh: 1.016,
    inner: { ratioLow: 1.005, ratioHigh: 1.015 },
  };
  expect(verdictOf(near)).toEqual({
    verdict: 'equivalent',
    reason: 'the 90 % interval, 1.005 to 1.015, lies inside ±2 %; a smaller difference is there',
  });
  expect(verdictOf(near, { margin: 0.005 }).verdict).toBe('slower');
});
