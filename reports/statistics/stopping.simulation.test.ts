import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { describe, expect, test } from 'vitest';
import { asValues } from './location.ts';
import {
  rememberedCumulative,
  type SignedRankInterval,
  signedRank,
  signedRankInterval,
} from './signed-rank.ts';

/*
 * What an interval is worth at which a run stopped because it was tight enough. The looks and their levels are those of
 * bench/plan/stopping.ts, written out: reports does not import plans. bench/docs/stopping.md has the comparison.
 */
const looks = [8, 9, 10, 11, 13, 15, 17, 19, 21, 24, 27, 30, 33, 37, 41, 46, 51, 57, 63, 70];
const planned = (rounds: number) => 0.95 + 0.025 * Math.sqrt(Math.min(1, 12 / rounds));
const trials = 2_500;

/** Half-widths wished for, in standard deviations of a round: from out of reach to reached at the first look. */
const wishes = Array.from({ length: 14 }, (_, step) => 0.25 * 1.15 ** step);

/** With the true centre subtracted (`simulation.test.ts` has its origin). */
const draws = {
  normal,
  'differences of lognormals': (rng: RandomGenerator) => Math.exp(normal(rng)) - Math.exp(normal(rng)),
  'lognormal, σ = 0.5': (rng: RandomGenerator) => Math.exp(0.5 * normal(rng)) - 1.0593702722208393,
  '10 % outliers at 6 σ': (rng: RandomGenerator) =>
    normal(rng) + (uniformFloat64(rng) < 0.1 ? 6 : 0) - 0.2109524874544449,
} as const;
const kinds = ['normal', 'differences of lognormals', 'lognormal, σ = 0.5', '10 % outliers at 6 σ'] as const;

const cumulative = rememberedCumulative();

describe('coverage of the 95 % interval of a run that stops when it is tight enough', () => {
  test.each(kinds)(
    'of %s is at least 94 per cent whatever precision is wished for',
    { timeout: 30_000 },
    (kind) => {
      expect(leastCoverage(draws[kind], planned)).toBeGreaterThanOrEqual(0.94);
    },
  );

  test.each(['normal', 'lognormal, σ = 0.5'] as const)(
    'of %s would be less if the level were not corrected',
    { timeout: 30_000 },
    (kind) => {
      expect(leastCoverage(draws[kind], () => 0.95)).toBeLessThan(0.94);
    },
  );
});

/** Least over the wishes of the share of runs whose last interval covers the truth, 0. */
function leastCoverage(
  draw: (rng: RandomGenerator) => number,
  levelAfter: (rounds: number) => number,
): number {
  const rng = xoroshiro128plus(7);
  const covered = wishes.map(() => 0);
  for (let trial = 0; trial < trials; trial++) {
    const values = Array.from({ length: looks.at(-1) ?? 0 }, () => draw(rng));
    const intervals = looks.map((n) => interval(values.slice(0, n), levelAfter(n)));
    for (const [index, wish] of wishes.entries()) {
      const last = intervals.find(({ low, high }) => (high - low) / 2 <= wish) ?? intervals.at(-1);
      if (last !== undefined && last.low <= 0 && last.high >= 0) covered[index] = (covered[index] ?? 0) + 1;
    }
  }
  return Math.min(...covered) / trials;
}

function interval(values: readonly number[], level: number): SignedRankInterval {
  const some = asValues(values);
  if (some === undefined) throw new Error('no values');
  return signedRankInterval(signedRank(some, cumulative), level);
}

/** Standard normal deviate (Box & Muller 1958). */
function normal(rng: RandomGenerator): number {
  const radius = Math.sqrt(-2 * Math.log(1 - uniformFloat64(rng)));
  return radius * Math.cos(2 * Math.PI * uniformFloat64(rng));
}
