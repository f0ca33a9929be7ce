import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  changePrinter,
  differencePrinter,
  formatChangeBounds,
  formatChangeInterval,
  formatCount,
  formatDifference,
  formatDuration,
  formatPercent,
  formatPercentChange,
  formatPercentInterval,
  formatPValue,
  formatRatio,
  formatRatioInterval,
  formatRatioRange,
  formatSeconds,
  formatSignedValue,
  formatValue,
  formatValueInterval,
  formatWholePercent,
  pValueWords,
} from './format.ts';

test('seconds are scaled to ns, µs, ms or s with three significant digits', () => {
  expect([0, 8.4e-7, 62.41e-6, 0.0010512, 2, 999.96e-6, 123.4e-6, 5e-10].map(formatSeconds)).toEqual([
    '0.00 µs',
    '840 ns',
    '62.4 µs',
    '1.05 ms',
    '2.00 s',
    '1.00 ms',
    '123 µs',
    '0.50 ns',
  ]);
  expect(formatSeconds(-9.2e-6)).toBe('−9.20 µs');
});

test('rates are in requests a second, with three significant digits', () => {
  const printed = [8.4, 840, 25_312, 1_204_000, 0].map((rate) => formatValue(rate, 'rps'));
  expect(printed).toEqual([
    '8.40 requests/s',
    '840 requests/s',
    '25,300 requests/s',
    '1,200,000 requests/s',
    '0.00 requests/s',
  ]);
});

test('ratios, and more digits where an interval is narrow, so that one that excludes 1 shows it', () => {
  expect(formatRatio(0.8416)).toBe('0.842');
  expect(formatRatioInterval(0.842, 0.825, 0.86)).toBe('0.842 [0.825, 0.860]');
  expect(formatRatioInterval(1.0008, 1.0003, 1.0012)).toBe('1.0008 [1.0003, 1.0012]');
  expect(formatRatioRange(0.825, 0.86)).toBe('0.825 to 0.860');
});

test('percentages', () => {
  expect([0.02, 0.162, 0.0162, 0.95, 0.975, 0.999, 0.1, 0, 0.0049].map(formatPercent)).toEqual([
    '2 %',
    '16 %',
    '1.6 %',
    '95 %',
    '97.5 %',
    '99.9 %',
    '10 %',
    '0 %',
    '0.5 %',
  ]);
});

test('a ratio as a signed change, never "−0"', () => {
  expect([2.0112, 0.842, 1.2, 1, 0.9999, 1 - 1e-9].map(formatPercentChange)).toEqual([
    '+101 %',
    '−16 %',
    '+20 %',
    '0 %',
    '0 %',
    '0 %',
  ]);
});

test('an effect is printed as precisely as its interval is', () => {
  expect(formatPercentInterval(0.161, 0.142, 0.178)).toBe('16 % [14, 18]');
  expect(formatPercentInterval(0.0121, 0.0092, 0.0151)).toBe('1.2 % [0.9, 1.5]');
  expect(formatValueInterval(9.1, 7.2, 11.3, 'us')).toBe('9 µs [7, 11]');
  expect(formatValueInterval(-4_100, -4_600, -3_500, 'rps')).toBe('−4,100 requests/s [−4,600, −3,500]');
  expect(formatValueInterval(0.9, -0.2, 2.1, 'us')).toBe('0.9 µs [−0.2, 2.1]');
});

test('what the value is of stands between it and its interval', () => {
  expect(formatPercentInterval(0.05, 0.02, 0.06, 'of its capacity')).toBe('5 % of its capacity [2, 6]');
  expect(formatValueInterval(6.02, 5.61, 6.84, 'us', 'a request')).toBe('6.0 µs a request [5.6, 6.8]');
});

test('a change and its bounds have their signs', () => {
  expect(formatDifference(6.1, 5.5, 6.8, 'us')).toBe('+6.1 µs [+5.5, +6.8]');
  expect(formatDifference(-0.04, -0.3, 0.2, 'us')).toBe('0.0 µs [−0.3, +0.2]');
  expect(formatChangeInterval({ ratio: 0.84, ratioLow: 0.82, ratioHigh: 0.86 })).toBe('−16 % [−18, −14]');
  expect(formatChangeBounds(-0.013, 0.011)).toBe('[−1.3, +1.1]');
});

test('a p-value in a sentence has one sign', () => {
  expect([0.0004, 0.0312].map(pValueWords)).toEqual(['p < 0.001', 'p = 0.031']);
});

test('a block of differences has one unit and the precision of its narrowest interval', () => {
  const block = [
    { value: 9.24, low: 8.9, high: 9.6 },
    { value: 1_240, low: 1_180, high: 1_300 },
    { value: 0.02, low: -0.4, high: 0.5 },
  ];
  expect(block.map(differencePrinter(block, 'us'))).toEqual([
    { value: '+0.009 ms', interval: '[+0.009, +0.010]' },
    { value: '+1.240 ms', interval: '[+1.180, +1.300]' },
    { value: '0.000 ms', interval: '[0.000, +0.001]' },
  ]);
  const rates = [
    { value: -700, low: -1_200, high: -100 },
    { value: -419, low: -810, high: -8 },
  ];
  expect(rates.map(differencePrinter(rates, 'rps'))).toEqual([
    { value: '−700 requests/s', interval: '[−1,200, −100]' },
    { value: '−420 requests/s', interval: '[−810, −10]' },
  ]);
});

test('a change tells on which side of the margin, and of nothing, a bound is', () => {
  const printed = (value: number, low: number, high: number) => {
    const { value: middle, interval } = changePrinter([{ value, low, high }], 0.02)({ value, low, high });
    return `${middle} ${interval}`;
  };
  expect(printed(-0.05, -0.08, -0.032)).toBe('−5 % [−8, −3]');
  expect(printed(-0.04, -0.06, -0.016)).toBe('−4.0 % [−6.0, −1.6]');
  expect(printed(0.02, 0.001, 0.05)).toBe('+2.0 % [+0.1, +5.0]');
  expect(printed(0.03, 0.0203, 0.05)).toBe('+3.00 % [+2.03, +5.00]');
  const [far, near] = [
    { value: 1.14, low: 1.04, high: 1.19 },
    { value: 0.04, low: 0.016, high: 0.06 },
  ];
  expect([far, near].map(changePrinter([far, near], 0.02))).toEqual([
    { value: '+114 %', interval: '[+104, +119]' },
    { value: '+4.0 %', interval: '[+1.6, +6.0]' },
  ]);
});

test('a figure that is wider than any is printed all the same: a stranger wrote it', () => {
  const wide = { value: 1e308, low: 0, high: 1e308 };
  expect(changePrinter([wide], 0.02)(wide).value).toMatch(/%$/);
});

test('a bound of a rate near zero is not rounded to it', () => {
  expect(formatDifference(34, -133, 218, 'rps')).toBe('+30 requests/s [−130, +220]');
  expect(formatDifference(-4_812, -5_334, -4_281, 'rps')).toBe('−4,810 requests/s [−5,330, −4,280]');
});

test('a difference near nothing stays in the unit of what differs', () => {
  expect(formatDifference(0.042, -0.32, 0.77, 'us')).toBe('0.0 µs [−0.3, +0.8]');
});

test('a difference without an interval has three digits, its sign, and the unit of what differs', () => {
  expect(formatSignedValue(9.24, 'us')).toBe('+9.24 µs');
  expect(formatSignedValue(-0.362, 'us')).toBe('−0.36 µs');
  expect(formatSignedValue(-4_203, 'rps')).toBe('−4,200 requests/s');
});

test('an interval is in one unit, even across a border of units', () => {
  expect(formatValueInterval(990, 950, 1_030, 'us')).toBe('0.99 ms [0.95, 1.03]');
});

test('counts, p-values and durations', () => {
  expect([0, 999, 1_000, 1_234_567].map(formatCount)).toEqual(['0', '999', '1,000', '1,234,567']);
  expect([0.0009, 0.0078, 0.03125, 1].map(formatPValue)).toEqual(['<0.001', '0.008', '0.031', '1.000']);
  expect([4.21, 59.97, 185, 3_600, 7_790, 37_805].map((it) => formatDuration(it))).toEqual([
    '4.2 s',
    '1 min',
    '3 min 5 s',
    '1 h',
    '2 h 10 min',
    '10 h 30 min',
  ]);
  expect([4.21, 59.4, 59.7].map((it) => formatDuration(it, 0))).toEqual(['4 s', '59 s', '1 min']);
});

test('a share that need not be precise is a whole percentage', () => {
  expect([0.004, 0.162, 0.995, 1].map(formatWholePercent)).toEqual(['0 %', '16 %', '100 %', '100 %']);
});

test('a printed value is within half a percent of the true one, and never "−0"', () => {
  const factors: Readonly<Record<string, number>> = { ns: 1e-9, µs: 1e-6, ms: 1e-3, s: 1 };
  fc.assert(
    fc.property(fc.double({ min: 1e-9, max: 999, noNaN: true }), fc.boolean(), (magnitude, minus) => {
      const [digits = '', symbol = ''] = formatSeconds(minus ? -magnitude : magnitude).split(' ');
      expect(digits.startsWith('−')).toBe(minus);
      const printed = Number(digits.replace('−', '')) * (factors[symbol] ?? Number.NaN);
      expect(Math.abs(printed - magnitude)).toBeLessThanOrEqual(magnitude * 0.00501);
    }),
    { seed: 1 },
  );
  expect(formatValueInterval(-1e-6, -2, 2, 'us')).toBe('0 µs [−2, 2]');
});
