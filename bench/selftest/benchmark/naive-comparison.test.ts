import { expect, test } from 'vitest';
import { obviousResult } from './naive-comparison.ts';

test('repeats that agree are tight enough early, and the ratio is the contender over the baseline', () => {
  const result = obviousResult([100, 101, 100, 99, 100], [80, 80.5, 80, 79.5, 80], 0.02);
  expect(result).toMatchObject({ repeats: 5, reachedAt: 3 });
  expect(result.ratio).toBeCloseTo(0.8, 2);
  expect(result.halfWidth).toBeLessThan(0.02);
});

test('repeats that do not agree never are', () => {
  const result = obviousResult([100, 140, 90, 120], [80, 120, 60, 100], 0.02);
  expect(result.reachedAt).toBeUndefined();
  expect(result.halfWidth).toBeGreaterThan(0.1);
});

test('the side with fewer repeats decides how many count, and one repeat gives no interval', () => {
  expect(obviousResult([100, 101, 99], [80], 0.02)).toEqual({
    ratio: Number.NaN,
    halfWidth: undefined,
    repeats: 1,
  });
});
