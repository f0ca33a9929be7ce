import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { describe, expect, test } from 'vitest';
import { asValues, type Values } from './location.ts';
import { normalDeviate } from './normal-deviate.fixture.ts';
import {
  rememberedCumulative,
  type SignedRankInterval,
  signedRank,
  signedRankInterval,
} from './signed-rank.ts';

/**
 * Values with a known centre, symmetric or not. As differences: noise of contender less noise of baseline,
 * both of one kind, which is what a round's log ratio is. As they are: only one side has the noise; the centre
 * is then the pseudomedian, the median of the average of two draws (numerically, with SciPy 1.17.1's `quad`
 * and `brentq`).
 */
const draws = {
  normal: (rng: RandomGenerator) => normalDeviate(rng),
  'differences of lognormals': (rng: RandomGenerator) =>
    Math.exp(normalDeviate(rng)) - Math.exp(normalDeviate(rng)),
  'differences with 10 % outliers at 6 σ': (rng: RandomGenerator) => withOutliers(rng) - withOutliers(rng),
  'lognormal, σ = 0.5': (rng: RandomGenerator) => Math.exp(0.5 * normalDeviate(rng)) - 1.0593702722208393,
  '10 % outliers at +6 σ': (rng: RandomGenerator) => withOutliers(rng) - 0.2109524874544449,
} as const;

const trials = 8_000;
const cumulative = rememberedCumulative();

function interval(values: Values): SignedRankInterval {
  return signedRankInterval(signedRank(values, cumulative), 0.95);
}

describe('coverage of the 95 % interval', () => {
  for (const [name, draw] of Object.entries(draws)) {
    test.each([6, 8, 10, 20])(`of ${name} with n = %i`, (n) => {
      const rng = xoroshiro128plus(n);
      let covered = 0;
      for (let trial = 0; trial < trials; trial++) {
        const { low, high } = interval(some(n, () => draw(rng)));
        if (low <= 0 && high >= 0) covered++;
      }
      // By chance, the share is within 0.27 points (one standard error) of what it would be with ever more trials.
      expect(covered / trials).toBeGreaterThanOrEqual(0.94);
      // What discreteness explains: six values allow only steps of 1/32, and 96.875 % is the least above 95 %.
      const { confidence } = interval(some(n, () => draw(rng)));
      expect(covered / trials).toBeLessThanOrEqual(confidence + 3.5 * standardError(confidence));
    });
  }

  test.each([5, 6, 8, 10, 20])('of symmetric values is the level that is stated, with n = %i', (n) => {
    const rng = xoroshiro128plus(100 + n);
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const { low, high } = interval(some(n, () => normalDeviate(rng)));
      if (low <= 0 && high >= 0) covered++;
    }
    const { confidence } = interval(some(n, () => normalDeviate(rng)));
    expect(Math.abs(covered / trials - confidence)).toBeLessThan(3.5 * standardError(confidence));
  });
});

/** Of a share among the trials: what is over 3.5 of them apart is not chance. */
function standardError(share: number): number {
  return Math.sqrt((share * (1 - share)) / trials);
}

function some(n: number, value: () => number): Values {
  const values = asValues(Array.from({ length: n }, value));
  if (values === undefined) throw new Error('no values');
  return values;
}

function withOutliers(rng: RandomGenerator): number {
  return normalDeviate(rng) + (uniformFloat64(rng) < 0.1 ? 6 : 0);
}
