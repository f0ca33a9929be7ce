import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { expectedHalfWidth, expectedLook } from './expected-width.ts';
import { asValues } from './location.ts';
import { normalDeviate } from './normal-deviate.fixture.ts';
import { rememberedCumulative, signedRank, signedRankInterval } from './signed-rank.ts';

test.each([10, 20, 40])('%i normal rounds have the width that was predicted, within a tenth', (rounds) => {
  const rng = xoroshiro128plus(rounds);
  const cumulative = rememberedCumulative();
  const trials = 600;
  let sum = 0;
  for (let trial = 0; trial < trials; trial++) {
    const values = asValues(Array.from({ length: rounds }, () => 0.02 * normalDeviate(rng)));
    if (values === undefined) throw new Error('no values');
    const { low, high } = signedRankInterval(signedRank(values, cumulative), 0.95);
    sum += (high - low) / 2;
  }
  const expected = expectedHalfWidth(0.02, rounds, 0.95);
  expect(sum / trials / expected).toBeGreaterThan(0.9);
  expect(sum / trials / expected).toBeLessThan(1.1);
});

test('one round has no width', () => {
  expect(expectedHalfWidth(0.02, 1, 0.95)).toBe(Number.POSITIVE_INFINITY);
});

test('the look at which it is tight enough is the first of those that are', () => {
  const looks = [8, 10, 20, 40];
  const look = expectedLook(0.02, 0.01, looks, 0.95);
  expect(look).toBe(20);
  expect(expectedHalfWidth(0.02, 20, 0.95)).toBeLessThanOrEqual(0.01);
  expect(expectedHalfWidth(0.02, 10, 0.95)).toBeGreaterThan(0.01);
  expect(expectedLook(0.5, 0.01, looks, 0.95)).toBeUndefined();
  expect(expectedLook(0.02, 0.01, looks, 0.99)).toBe(40);
});
