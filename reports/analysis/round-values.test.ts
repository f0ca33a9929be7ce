import { expect, test } from 'vitest';
import { baselineCase, recordedCase } from './recorded-case.fixture.ts';
import { rememberedRoundValues, roundValues } from './round-values.ts';

const recorded = recordedCase(baselineCase, [
  { round: 1, block: 1, p50Ns: 60_000, requests: 100, machineBusySeconds: 0.004 },
  { round: 1, block: 2, p50Ns: 66_000, requests: 200 },
  { round: 1, block: 3, p50Ns: 61_000, requests: 300, machineBusySeconds: 0.006 },
]);
const round = recorded.rounds.get(1) ?? new Map();

test('a column has a value for each block whose slice gives the metric, and the median of those', () => {
  const { columns, responses } = roundValues(round, [1, 2, 3]);
  expect(responses).toBe(600);
  expect(columns['latency-p50']?.values).toEqual([60e-6, 66e-6, 61e-6].map((it) => expect.closeTo(it, 12)));
  expect(columns['latency-p50']?.median).toBeCloseTo(61e-6, 12);
  expect(columns['cpu-per-request']).toMatchObject({
    values: [expect.closeTo(40e-6, 12), undefined, expect.closeTo(20e-6, 12)],
    given: 2,
    median: expect.closeTo(30e-6, 12),
  });
  expect(roundValues(round, [2]).columns['cpu-per-request']).toBeUndefined();
});

test('what is remembered of a round is not taken for what some of its blocks give', () => {
  const valuesOf = rememberedRoundValues();
  const whole = valuesOf(round, [1, 2, 3]);
  expect(valuesOf(round, [1, 2, 3])).toBe(whole);
  expect(valuesOf(round, [1, 3])).toEqual(roundValues(round, [1, 3]));
  expect(valuesOf(round, [1, 3]).responses).toBe(400);
});
