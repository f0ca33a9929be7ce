import { expect, test } from 'vitest';
import { welchInterval } from './welch.ts';

test('the interval is that of the definition, worked by hand', () => {
  // Variances of the means 1/4 · 5/3 and 1/4 · 20/3; freedom 25/17 · 3 = 4.41, so 4; t(0.975, 4) = 2.776445 (R: qt).
  const interval = welchInterval([1, 2, 3, 4], [2, 4, 6, 8], 0.95);
  const half = 2.776445 * Math.sqrt(5 / 12 + 20 / 12);
  expect(interval?.difference).toBe(2.5);
  expect(interval?.low).toBeCloseTo(2.5 - half, 5);
  expect(interval?.high).toBeCloseTo(2.5 + half, 5);
});

test('one value a side, or no spread at all, gives none', () => {
  expect(welchInterval([1], [2, 3], 0.95)).toBeUndefined();
  expect(welchInterval([1, 1], [2, 2], 0.95)).toBeUndefined();
});
