import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { asValues, type Values } from './location.ts';
import { normalDeviate } from './normal-deviate.ts';
import { twoSampleShift } from './two-sample-shift.ts';

test("the shift of R's example of wilcox.test(x, y, conf.int = TRUE) is 0.305", () => {
  const atTerm: Values = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
  const early: Values = [1.15, 0.88, 0.9, 0.74, 1.21];
  expect(twoSampleShift(early, atTerm).value).toBeCloseTo(0.305, 10);
});

test('one value on a side has a shift, but no error', () => {
  expect(twoSampleShift([1], [3, 5])).toEqual({ value: 3, standardError: undefined });
});

test.each([4, 7, 12])(
  'under normal noise the error of %i values a side is what the shift varies by',
  (count) => {
    const rng = xoroshiro128plus(count);
    const trials = 4_000;
    let variance = 0;
    let claimed = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { value, standardError = 0 } = twoSampleShift(normals(), normals());
      variance += value ** 2 / trials;
      claimed += standardError ** 2 / trials;
    }
    // Each mean of squares is within 3.5·√(2/4,000) = 8 % by chance; 5 to 11 % are the estimator's own.
    expect(claimed / variance).toBeGreaterThan(0.95);
    expect(claimed / variance).toBeLessThan(1.22);

    function normals(): Values {
      const values = asValues(Array.from({ length: count }, () => normalDeviate(rng)));
      if (values === undefined) throw new Error('no values');
      return values;
    }
  },
);
