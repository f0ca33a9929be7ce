import { expect, test } from 'vitest';
import { asValues, mean, median, quantile, standardDeviation } from './location.ts';

test("quantiles interpolate as R's type 7 (NumPy's default: np.quantile of Darwin's maize)", () => {
  const darwin = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48] as const;
  const values = [0.1, 0.25, 0.5, 0.9].map((it) => quantile(darwin, it));
  expect(values.map((it) => it.toFixed(1))).toEqual(['-26.4', '11.0', '24.0', '58.4']);
});

test('mean, median and standard deviation', () => {
  expect(mean([1, 2, 6])).toBe(3);
  expect(median([9, 1, 2])).toBe(2);
  expect(median([4, 1, 2, 3])).toBe(2.5);
  expect(standardDeviation([2, 4, 4, 4, 5, 5, 7, 9])).toBeCloseTo(Math.sqrt(32 / 7), 12);
  expect(standardDeviation([5])).toBeUndefined();
});

test('nothing to estimate from is not a list of values', () => {
  expect(asValues([])).toBeUndefined();
  expect(asValues([0])).toEqual([0]);
});
