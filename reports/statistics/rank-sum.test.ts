import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asValues, type Values } from './location.ts';
import { normalTail } from './normal-tail.ts';
import { rememberedRankSums, stratifiedRankSumPValue } from './rank-sum.ts';

/** Permeability of the chorioamnion: Hollander & Wolfe (1973), table 4.1, the example of R's `?wilcox.test`. */
const atTerm: Values = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const early: Values = [1.15, 0.88, 0.9, 0.74, 1.21];

describe('against published values', () => {
  test("one stratum is R's wilcox.test(x, y): p = 0.2544", () => {
    expect(stratifiedRankSumPValue([{ first: atTerm, second: early }])).toBeCloseTo(0.2544122544, 10);
  });

  test('SciPy 1.17.1: mannwhitneyu(a, b, method="asymptotic") of 42 and 42 values, p = 0.22543446', () => {
    const base = [3.1, 4.5, 1.2, 2.2, 7.7, 5.0, 6.1];
    const round3 = (value: number) => Math.round(value * 1_000) / 1_000;
    const a = Array.from({ length: 42 }, (_, index) => round3((base[index % 7] ?? 0) + index * 0.01));
    const b = a.map((value, index) => round3(value * 1.1 + 0.005 * index));
    expect(stratifiedRankSumPValue([{ first: some(a), second: some(b) }])).toBeCloseTo(0.2254344617, 6);
  });

  // R: pnorm(z, lower.tail = FALSE).
  test.each([
    [0, 0.5],
    [0.5, 0.3085375387259869],
    [1.959963984540054, 0.025],
    [4, 3.167124183311986e-5],
    [8, 6.22096057427174e-16],
  ])('the normal tail beyond %f is %f', (z, expected) => {
    expect(Math.abs(normalTail(z) / expected - 1)).toBeLessThan(2e-7);
  });
});

describe('against enumeration', () => {
  const group = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 3 }).map(some);
  const strata = fc.array(fc.record({ first: group, second: group }), { minLength: 1, maxLength: 2 });

  test('of every way to deal the values of each stratum, ties included', () => {
    fc.assert(
      fc.property(strata, (given) => {
        const sums = given.map(({ first, second }) => dealt([...first, ...second], second.length));
        const all = sums.reduce((one, other) => one.flatMap((a) => other.map((b) => a + b)), [0]);
        const observed = given.reduce(
          (sum, { first, second }) => sum + sumOfRanks([...first, ...second], second),
          0,
        );
        const share = (holds: (sum: number) => boolean) => all.filter(holds).length / all.length;
        const expected =
          2 *
          Math.min(
            share((it) => it <= observed),
            share((it) => it >= observed),
          );
        expect(stratifiedRankSumPValue(given)).toBeCloseTo(Math.min(1, expected), 10);
      }),
      { seed: 1, numRuns: 150 },
    );
  });
});

test('four cases whose second half is always slower: p = 2/35⁴', () => {
  const stratum = { first: [1, 2, 3], second: [4, 5, 6, 7] } as const;
  expect(stratifiedRankSumPValue([stratum, stratum, stratum, stratum])).toBeCloseTo(2 / 35 ** 4, 12);
});

test('exchanging the groups, or scaling all values, changes nothing', () => {
  const swapped = { first: early, second: atTerm };
  expect(stratifiedRankSumPValue([swapped])).toBeCloseTo(
    stratifiedRankSumPValue([{ first: atTerm, second: early }]),
    12,
  );
});

test('values that are all equal differ in nothing, counted out or not', () => {
  const same = (count: number) => some(Array.from({ length: count }, () => 4));
  expect(stratifiedRankSumPValue([{ first: same(3), second: same(3) }])).toBe(1);
  expect(stratifiedRankSumPValue([{ first: same(40), second: same(40) }])).toBe(1);
});

/** Twice the middle rank of each value among all. */
function ranksOf(values: readonly number[]): readonly number[] {
  return values.map(
    (value) => 2 * values.filter((it) => it < value).length + values.filter((it) => it === value).length + 1,
  );
}

function sumOfRanks(values: readonly number[], second: Values): number {
  const ranks = ranksOf(values);
  return ranks.slice(values.length - second.length).reduce((sum, it) => sum + it, 0);
}

/** The rank sums of all choices of `count` values. */
function dealt(values: readonly number[], count: number): readonly number[] {
  const ranks = ranksOf(values);
  return Array.from({ length: 2 ** values.length }, (_, pattern) => pattern)
    .filter((pattern) => ranks.filter((_, place) => (pattern >> place) & 1).length === count)
    .map((pattern) => ranks.reduce((sum, it, place) => sum + ((pattern >> place) & 1 ? it : 0), 0));
}

function some(values: readonly number[]): Values {
  const found = asValues(values);
  if (found === undefined) throw new Error('no values');
  return found;
}

test('what is remembered gives the same p, ties and repeated sizes included', () => {
  const group = fc.array(fc.integer({ min: 0, max: 9 }), { minLength: 1, maxLength: 4 }).map(some);
  const strata = fc.array(fc.record({ first: group, second: group }), { minLength: 1, maxLength: 3 });
  const remembered = rememberedRankSums();
  fc.assert(
    fc.property(strata, (some) => {
      expect(stratifiedRankSumPValue(some, remembered)).toBe(stratifiedRankSumPValue(some));
    }),
    { seed: 3, numRuns: 300 },
  );
});
