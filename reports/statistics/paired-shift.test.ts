import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import { asValues, type Values } from './location.ts';
import { normalDeviate } from './normal-deviate.ts';
import { pairedShift } from './paired-shift.ts';

test("the estimate of R's example of wilcox.test(x, y, paired = TRUE, conf.int = TRUE) is 0.46", () => {
  // Depression scale factor, Hollander & Wolfe 1973, p. 29: R's ?wilcox.test prints (pseudo)median 0.46.
  const first = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
  const second = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06, 3.14, 1.29];
  const differences = asValues(first.map((value, index) => value - (second[index] ?? 0)));
  if (differences === undefined) throw new Error('no values');
  expect(pairedShift(differences).value).toBeCloseTo(0.46, 10);
});

test('a single pair has a shift, but no error', () => {
  expect(pairedShift([3])).toEqual({ value: 3, standardError: undefined });
});

test('a quarter of spoilt blocks moves it by less than the spread of the others', () => {
  const clean: Values = [0.01, -0.02, 0.005, -0.01, 0.015, 0];
  expect(Math.abs(pairedShift([...clean, 0.5, 0.5]).value)).toBeLessThan(0.02);
});

test.each([
  [4, 1.26],
  [6, 1.12],
  [12, 1.05],
])(
  'under normal noise the squared error of %i blocks is %f times what the shift varies by',
  (count, factor) => {
    const rng = xoroshiro128plus(count);
    const trials = 4_000;
    let variance = 0;
    let claimed = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { value, standardError = 0 } = pairedShift(normals());
      variance += value ** 2 / trials;
      claimed += standardError ** 2 / trials;
    }
    // Each mean of squares is within 3.5·√(2/4,000) = 8 % by chance.
    expect(claimed / variance).toBeGreaterThan(factor / 1.12);
    expect(claimed / variance).toBeLessThan(factor * 1.12);

    function normals(): Values {
      const values = asValues(Array.from({ length: count }, () => normalDeviate(rng)));
      if (values === undefined) throw new Error('no values');
      return values;
    }
  },
);
