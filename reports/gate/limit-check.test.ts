import { expect, test } from 'vitest';
import { figureWords, limitWords, openWords, outcomeOf, overheadWords, worsening } from './limit-check.ts';

test.each([
  ['the whole interval is within the limit', 0.15, 0.2, 'passed'],
  ['its far end is the limit', 0.15, 0.2000001, 'open'],
  ['its near end is the limit', 0.2, 0.25, 'open'],
  ['its near end is beyond the limit', 0.2000001, 0.25, 'failed'],
])('%s: %d to %d against 20 % is %s', (_, low, high, outcome) => {
  expect(outcomeOf({ low, high }, 0.2)).toBe(outcome);
});

test('more latency is worse, and less capacity is worse: the near end is the one nearer to no cost', () => {
  const more = { ratio: 1.2, ratioLow: 1.1, ratioHigh: 1.3 };
  const less = { ratio: 0.8, ratioLow: 0.7, ratioHigh: 0.9 };
  expect(worsening('latency_p50_us', more)).toEqual({
    value: expect.closeTo(0.2),
    low: expect.closeTo(0.1),
    high: expect.closeTo(0.3),
  });
  expect(worsening('throughput_rps', less)).toEqual({
    value: expect.closeTo(0.2),
    low: expect.closeTo(0.1),
    high: expect.closeTo(0.3),
  });
  expect(worsening('throughput_rps', more).high).toBeLessThan(0);
});

test('a figure is printed as reports print it, with its limit on the same side', () => {
  const figure = { value: 0.31, low: 0.28, high: 0.34 };
  const limit = { kind: 'maxOverhead', value: 0.2 } as const;
  expect(figureWords(figure, limit, 'latency_p50_us')).toBe('+31 % [+28, +34], limit +20 %');
  expect(figureWords(figure, limit, 'throughput_rps')).toBe('−31 % [−34, −28], limit −20 %');
  const us = { value: 9, low: 7, high: 11 };
  expect(figureWords(us, { kind: 'maxOverheadUs', value: 7.5 }, 'latency_p50_us')).toBe(
    '+9 µs [+7, +11], limit +7.5 µs',
  );
  expect(overheadWords({ ratio: 0.72, ratioLow: 0.7, ratioHigh: 0.74 })).toBe('−28 % [−30, −26]');
});

test.each([
  ['maxOverhead', 0.07, '7 %'],
  ['maxRegression', 0.125, '12.5 %'],
  ['maxOverhead', 0.2004, '20.04 %'],
  ['maxOverhead', 1e-9, '0.0000001 %'],
  ['maxOverhead', 10, '1,000 %'],
  ['maxOverheadUs', 0.001, '0.001 µs'],
  ['maxOverheadUs', 1e9, '1,000,000,000 µs'],
] as const)('a limit is printed with all its digits: %s %d is %s', (kind, value, words) => {
  expect(limitWords({ kind, value })).toBe(words);
});

test('a bound just beside the limit is not printed as the limit', () => {
  const figure = { value: 0.23, low: 0.2004, high: 0.26 };
  expect(figureWords(figure, { kind: 'maxOverhead', value: 0.2 }, 'latency_p50_us')).toBe(
    '+23.00 % [+20.04, +26.00], limit +20 %',
  );
});

test('what is open says why, and how many rounds it would take where the interval is too wide', () => {
  const limit = { kind: 'maxOverhead', value: 0.05 } as const;
  expect(openWords({ value: 0.05, low: 0.02, high: 0.08 }, limit, 10)).toBe(
    '; the interval includes the limit',
  );
  expect(openWords({ value: 0.05, low: -0.05, high: 0.15 }, limit, 10)).toBe(
    '; the interval is wider than the limit: it would take about 40 rounds',
  );
  expect(openWords({ value: 0.01, low: 0, high: 0.02 }, limit, 10)).toBe('');
  expect(openWords({ value: 0.1, low: 0.06, high: 0.2 }, limit, 10)).toBe('');
});
