import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asValues, type Values } from './location.ts';
import {
  hodgesLehmann,
  signedRank,
  signedRankCumulative,
  signedRankDistribution,
  signedRankInterval,
  signedRankIntervalRank,
  signedRankPValue,
} from './signed-rank.ts';

/**
 * Hamilton depression scale factor IV, first visit minus second, of 9 patients: Hollander & Wolfe,
 * Nonparametric Statistical Methods (1973), table 3.1; the example of R's `?wilcox.test`.
 */
const depression: Values = [0.952, -0.147, 1.022, 0.43, 0.62, 0.59, 0.49, -0.08, 0.01];

/** Cross- minus self-fertilised height of Darwin's 15 pairs of Zea mays, in 1/8 inch (Fisher 1935). */
const darwin: Values = [49, -67, 8, 16, 6, 23, 28, 41, 14, 29, 56, 24, 75, 60, -48];

describe('against published values', () => {
  test("R's example of wilcox.test: V = 40, one-sided p = 0.01953", () => {
    const { averages } = signedRank(depression);
    expect(averages.filter((average) => average > 0)).toHaveLength(40);
    expect(signedRankPValue(signedRank(depression), 0) / 2).toBeCloseTo(0.01953, 5);
  });

  test('Hollander & Wolfe: estimate 0.46, and (0.010, 0.786) at 96.1 %', () => {
    expect(hodgesLehmann(signedRank(depression))).toBeCloseTo(0.46, 10);
    const { low, high, confidence, reachesLevel } = signedRankInterval(signedRank(depression), 0.95);
    expect([low, high].map((it) => it.toFixed(3))).toEqual(['0.010', '0.786']);
    expect(confidence).toBeCloseTo(0.9609375, 12);
    expect(reachesLevel).toBe(true);
  });

  test('SciPy 1.17.1, wilcoxon(darwin, method="exact"): p = 0.041259765625', () => {
    expect(signedRankPValue(signedRank(darwin), 0)).toBeCloseTo(0.041259765625, 12);
    expect(hodgesLehmann(signedRank(darwin))).toBe(25);
  });

  // SciPy 1.17.1, WilcoxonDistribution(n).cdf(v), which is R's psignrank(v, n).
  test.each([
    [6, 0, 0.015625],
    [8, 3, 0.01953125],
    [9, 5, 0.01953125],
    [10, 8, 0.0244140625],
    [15, 25, 0.023956298828125],
    [20, 52, 0.02422046661376953],
    [25, 89, 0.024131208658218384],
    [50, 434, 0.024723203400300875],
  ])('P(V ≤ v) for n = %i, v = %i is %f', (n, v, expected) => {
    expect(signedRankCumulative(n)[v]).toBeCloseTo(expected, 14);
  });

  // Largest V that is significant at 0.05, two-sided: the table of Wilcoxon & Wilcox (1964).
  test.each([
    [6, 0],
    [7, 2],
    [8, 3],
    [9, 5],
    [10, 8],
    [11, 10],
    [12, 13],
    [13, 17],
    [14, 21],
    [15, 25],
    [16, 29],
    [17, 34],
    [18, 40],
    [19, 46],
    [20, 52],
  ])('the critical value for n = %i is %i, so the interval ends at the next Walsh average', (n, critical) => {
    const values = asSome(Array.from({ length: n }, (_, index) => 2 ** index));
    const { low, high } = signedRankInterval(signedRank(values), 0.95);
    const averages = signedRank(values).averages;
    expect(low).toBe(averages.at(critical));
    expect(high).toBe(averages.at(averages.length - 1 - critical));
  });
});

describe('against enumeration of all signs', () => {
  test.each([1, 2, 3, 5, 8, 11])('the distribution for n = %i', (n) => {
    const counts = new Float64Array((n * (n + 1)) / 2 + 1);
    for (let signs = 0; signs < 2 ** n; signs++) {
      let sum = 0;
      for (let rank = 1; rank <= n; rank++) if ((signs >> (rank - 1)) & 1) sum += rank;
      counts[sum] = (counts[sum] ?? 0) + 1;
    }
    expect([...signedRankDistribution(n)]).toEqual([...counts].map((count) => count / 2 ** n));
  });

  test('p without ties is the share of sign patterns that are at least as one-sided', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.integer({ min: 1, max: 1e6 }), { minLength: 1, maxLength: 8 }),
        fc.nat(255),
        (sizes, signs) => {
          const patterns = Array.from({ length: 2 ** sizes.length }, (_, pattern) => pattern);
          const rankSum = (pattern: number): number => {
            const ascending = sizes
              .map((size, index) => ({ size, plus: (pattern >> index) & 1 }))
              .sort((a, b) => a.size - b.size);
            return ascending.reduce((sum, { plus }, index) => sum + plus * (index + 1), 0);
          };
          const observed = rankSum(signs % patterns.length);
          const below = patterns.filter((it) => rankSum(it) <= observed).length / patterns.length;
          const above = patterns.filter((it) => rankSum(it) >= observed).length / patterns.length;
          const values = asSome(sizes.map((size, index) => ((signs >> index) & 1 ? size : -size)));
          expect(signedRankPValue(signedRank(values), 0)).toBeCloseTo(
            Math.min(1, 2 * Math.min(below, above)),
            12,
          );
        },
      ),
      { seed: 1, numRuns: 100 },
    );
  });
});

describe('few values', () => {
  test('below six values there is no 95 % interval: the widest is given with its true level', () => {
    for (const n of [1, 2, 3, 4, 5]) {
      const values = asSome(Array.from({ length: n }, (_, index) => index * 10));
      expect(signedRankInterval(signedRank(values), 0.95)).toEqual({
        low: 0,
        high: (n - 1) * 10,
        confidence: 1 - 2 ** (1 - n),
        reachesLevel: false,
      });
    }
    expect(signedRankInterval(signedRank([1, 2, 3, 4, 5, 6]), 0.95)).toMatchObject({
      confidence: 0.96875,
      reachesLevel: true,
    });
  });
});

describe('laws', () => {
  const samples = fc
    .array(fc.integer({ min: -40, max: 40 }), { minLength: 1, maxLength: 14 })
    .map((it) => asSome(it.map((value) => value / 8)));

  test('p and interval agree: p ≤ 0.05 exactly where the 95 % interval leaves the hypothesis, ties and zeros too', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: -20, max: 20 }), fc.nat(10), (values, from, width) => {
        const bounds = [from / 8, (from + width) / 8] as const;
        const { low, high, reachesLevel } = signedRankInterval(signedRank(values), 0.95);
        const excluded = reachesLevel && (low > bounds[1] || high < bounds[0]);
        expect(signedRankPValue(signedRank(values), ...bounds) <= 0.05).toBe(excluded);
      }),
      { seed: 3, numRuns: 500 },
    );
  });

  test('zeros and ties never make p smaller than any way of breaking them would', () => {
    fc.assert(
      fc.property(
        samples,
        fc.array(fc.double({ min: -1e-6, max: 1e-6, noNaN: true }), { minLength: 14, maxLength: 14 }),
        (values, nudges) => {
          const broken = asSome(values.map((value, index) => value + (nudges[index] ?? 0)));
          expect(signedRankPValue(signedRank(values), 0)).toBeGreaterThanOrEqual(
            signedRankPValue(signedRank(broken), 0) - 1e-12,
          );
        },
      ),
      { seed: 4, numRuns: 300 },
    );
  });

  test('shift and mirror carry estimate and interval along', () => {
    fc.assert(
      fc.property(samples, fc.integer({ min: -100, max: 100 }), (values, shift) => {
        const { low, high } = signedRankInterval(signedRank(values), 0.9);
        const moved = asSome(values.map((it) => shift - it));
        expect(hodgesLehmann(signedRank(moved))).toBe(shift - hodgesLehmann(signedRank(values)));
        expect(signedRankInterval(signedRank(moved), 0.9)).toMatchObject({
          low: shift - high,
          high: shift - low,
        });
      }),
      { seed: 5 },
    );
  });
});

describe('as many values as a run has rounds', () => {
  const n = 400;

  test('the distribution adds up to 1, is mirrored, and has the variance n(n+1)(2n+1)/24', () => {
    const probabilities = signedRankDistribution(n);
    const most = probabilities.length - 1;
    let [sum, variance, furthest] = [0, 0, 0];
    for (const [v, probability] of probabilities.entries()) {
      sum += probability;
      variance += probability * (v - most / 2) ** 2;
      furthest = Math.max(furthest, Math.abs(probability - (probabilities[most - v] ?? 0)));
    }
    expect(sum).toBeCloseTo(1, 12);
    expect(variance / ((n * (n + 1) * (2 * n + 1)) / 24)).toBeCloseTo(1, 12);
    expect(furthest).toBe(0);
  });

  test('the interval has the level that is wanted, to the last of 80,200 averages', () => {
    const cumulative = signedRankCumulative(n);
    const rank = signedRankIntervalRank(cumulative, 0.95);
    expect(cumulative[rank - 1]).toBeLessThanOrEqual(0.025);
    expect(cumulative[rank]).toBeGreaterThan(0.025);
    const values = asSome(Array.from({ length: n }, (_, index) => ((index * 7_919) % 10_007) - 5_000));
    const { low, high, confidence } = signedRankInterval(
      signedRank(values, () => cumulative),
      0.95,
    );
    expect([low, high].map(Math.sign)).toEqual([-1, 1]);
    expect(confidence).toBeCloseTo(0.95, 4);
  });
});

function asSome(values: readonly number[]): Values {
  const some = asValues(values);
  if (some === undefined) throw new Error('no values');
  return some;
}
