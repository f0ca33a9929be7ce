import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { bridgePath } from '../synthetic-run.fixture.ts';
import { estimatedFields, estimateOf, statisticsOf, tooFewResponses } from './estimate.ts';
import {
  baselineCase,
  bridgeCase,
  completedSlice,
  contenderOf,
  groupOf,
  invalid,
} from './recorded-case.fixture.ts';

const statistics = statisticsOf({ confidence: 0.95 });

/** Rounds with these rates on host and bridge, a second each. */
function throughputOf(rounds: readonly (readonly [number, number])[], missed: readonly number[] = []) {
  const profile = 'throughput';
  const slices = rounds.flatMap(([host, bridge], index) => {
    const at = { round: index + 1, block: 1, wallSeconds: 1 };
    const contender = completedSlice({ ...bridgeCase, profile }, { ...at, requests: bridge });
    return [
      completedSlice({ ...baselineCase, profile }, { ...at, requests: host }),
      missed.includes(index + 1) ? invalid(contender, 'faults', '1 timeout') : contender,
    ];
  });
  const figures = groupOf(slices);
  return estimateOf(figures.baseline, contenderOf(figures, bridgePath), 'throughput_rps', statistics);
}

test('by hand: three rounds with ratios 0.8, 0.8 and 0.5', () => {
  // Walsh averages of ln 0.8 twice and ln 0.5: three of ln 0.8, two of ln √0.4, one of ln 0.5. Their median is
  // between ln 0.8 and ln √0.4.
  const estimate = throughputOf([
    [1_000, 800],
    [2_000, 1_600],
    [1_000, 500],
  ]);
  expect(estimate?.logRatios.map(Math.exp)).toEqual([0.8, 0.8, 0.5].map((it) => expect.closeTo(it, 12)));
  expect(estimate?.ratio).toBeCloseTo(Math.sqrt(0.8 * Math.sqrt(0.4)), 12);
  // Of ln 1000 twice and ln 2000 the averages are 1000 three times, 1414 twice, 2000 once.
  expect(estimate?.baselineValue).toBeCloseTo(Math.sqrt(1_000 * 1_000 * Math.SQRT2), 9);
  // Three values allow 75 % at most: the widest interval is from the smallest ratio to the largest.
  expect(estimate?.interval).toEqual({
    low: expect.closeTo(0.5, 12),
    high: expect.closeTo(0.8, 12),
    confidence: 0.75,
    reachesLevel: false,
  });
  expect(estimate?.pNoDifference).toBe(0.25);
});

test('ratio, difference and printed values are one answer: they are of the same rounds and the same y_r', () => {
  const rate = fc.integer({ min: 100, max: 100_000 });
  fc.assert(
    fc.property(fc.array(fc.tuple(rate, rate), { minLength: 1, maxLength: 9 }), (rounds) => {
      const estimate = throughputOf(rounds);
      if (estimate === undefined) throw new Error('no estimate');
      const { ratio, ratioLow, ratioHigh, difference, differenceLow, differenceHigh } =
        estimatedFields(estimate);
      const { baselineValue } = estimate;
      const contenderValue = baselineValue * ratio;
      expect(contenderValue - baselineValue).toBeCloseTo(difference, 6);
      expect(ratioLow).toBeLessThanOrEqual(ratio);
      expect(ratioHigh).toBeGreaterThanOrEqual(ratio);
      expect(differenceLow).toBeCloseTo(baselineValue * ratioLow - baselineValue, 6);
      expect(differenceHigh).toBeCloseTo(baselineValue * ratioHigh - baselineValue, 6);
      expect(Math.sign(differenceLow)).toBe(Math.sign(Math.log(ratioLow)));
    }),
    { seed: 1 },
  );
});

test('a round that one side has no figure in is in neither value', () => {
  const estimate = throughputOf(
    [
      [1_000, 800],
      [9_000, 100],
      [1_000, 800],
    ],
    [2],
  );
  expect(estimate?.rounds.map(({ round }) => round)).toEqual([1, 3]);
  expect(estimate?.baselineValue).toBeCloseTo(1_000, 9);
  expect(estimate?.ratio).toBeCloseTo(0.8, 12);
});

test('a quantile with too few responses in one round is not shown, and it is said how many there were', () => {
  const slices = [9_999, 875, 20_000].flatMap((requests, index) =>
    [baselineCase, bridgeCase].map((subject) =>
      completedSlice(subject, { round: index + 1, block: 1, requests }),
    ),
  );
  const figures = groupOf(slices);
  const bridge = contenderOf(figures, bridgePath);
  expect(estimateOf(figures.baseline, bridge, 'latency_p90_us', statistics)).toBeUndefined();
  expect(tooFewResponses([figures.baseline, bridge], 'latency_p90_us')).toEqual({
    round: 2,
    responses: 875,
    needed: 1_000,
  });
  expect(estimateOf(figures.baseline, bridge, 'latency_p50_us', statistics)?.rounds).toHaveLength(3);
});

test('without a common round there is no estimate', () => {
  expect(throughputOf([[1_000, 800]], [1])).toBeUndefined();
});
