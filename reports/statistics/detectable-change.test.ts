import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { detectableChange, rememberedMultiple, signedRankMultiple } from './detectable-change.ts';
import { asValues, type Values } from './location.ts';
import { normalDeviate } from './normal-deviate.ts';
import { rememberedCumulative, signedRank, signedRankInterval } from './signed-rank.ts';

const trials = 8_000;
/** Of a share near 0.8 among the trials: 0.0045. */
const standardError = Math.sqrt((0.8 * 0.2) / trials);

describe('power at the change that is called detectable, normal noise', () => {
  const rounds = [6, 8, 10, 20];

  test.each(rounds)('of %i rounds whose spread is known is 80 %', (n) => {
    const rng = xoroshiro128plus(1_000 + n);
    const shift = signedRankMultiple(n, 0.95) / Math.sqrt(n);
    const share = shownShare(() => some(n, () => normalDeviate(rng) + shift));
    // Two drawings: this one, and the one of half as many trials that the multiple comes from.
    expect(Math.abs(share - 0.8)).toBeLessThan(3.5 * standardError * Math.sqrt(1 + 2));
  });

  test.each(rounds)('stated by a twin of %i rounds that spread as much as the noise, is 80 % ± 5', (n) => {
    const rng = xoroshiro128plus(2_000 + n);
    const shift = Math.log1p(detectableChange(spread(n, 0.01), n, 0.95)?.change ?? Number.NaN);
    const share = shownShare(() => some(n, () => 0.01 * normalDeviate(rng) + shift));
    expect(share).toBeGreaterThanOrEqual(0.8);
    expect(share).toBeLessThanOrEqual(0.85 + 3.5 * standardError);
  });

  /** The power of a change that is too small as often as it is too large is not 80 % on average: its curve is bent. */
  test.each([
    [6, 0.742],
    [8, 0.754],
    [10, 0.763],
    [20, 0.781],
  ])(
    'stated by a twin of %i rounds of its own noise, is %f on average, and 80 % or more in half of the runs',
    (n, average) => {
      const rng = xoroshiro128plus(3_000 + n);
      const enough = signedRankMultiple(n, 0.95) / Math.sqrt(n);
      const multipleOf = rememberedMultiple();
      let atLeast = 0;
      const share = shownShare(() => {
        const twin = some(n, () => 0.01 * normalDeviate(rng));
        const shift = Math.log1p(detectableChange(twin, n, 0.95, multipleOf)?.change ?? Number.NaN);
        if (shift / 0.01 >= enough) atLeast++;
        return some(n, () => 0.01 * normalDeviate(rng) + shift);
      });
      expect(Math.abs(share - average)).toBeLessThan(3.5 * standardError * Math.sqrt(1 + 2));
      expect(Math.abs(atLeast / trials - 0.5)).toBeLessThan(0.02);
    },
  );

  const cumulativeOf = rememberedCumulative();

  function shownShare(values: () => Values): number {
    let shown = 0;
    for (let trial = 0; trial < trials; trial++) {
      if (signedRankInterval(signedRank(values(), cumulativeOf), 0.95).low > 0) shown++;
    }
    return shown / trials;
  }
});

describe('the multiple', () => {
  // 200,000 samples of another generator (40,000 for n = 20); at 30 the formula is 2.968.
  test.each([
    [6, 4.39],
    [8, 3.533],
    [10, 3.22],
    [20, 3.03],
    [30, 2.94],
  ])('of %i rounds at 95 %% is %f', (n, expected) => {
    expect(signedRankMultiple(n, 0.95) / expected).toBeCloseTo(1, 1);
    expect(Math.abs(signedRankMultiple(n, 0.95) / expected - 1)).toBeLessThan(0.02);
  });

  test('of many rounds comes to (1.960 + 0.842)·√(π/3), the efficiency of the signed-rank test', () => {
    expect(signedRankMultiple(100_000, 0.95)).toBeCloseTo((1.959964 + 0.841621) * Math.sqrt(Math.PI / 3), 3);
    expect(Math.abs(signedRankMultiple(31, 0.95) / signedRankMultiple(30, 0.95) - 1)).toBeLessThan(0.02);
  });

  test('is the same each time, and larger at a higher level', () => {
    expect(signedRankMultiple(12, 0.95)).toBe(signedRankMultiple(12, 0.95));
    expect(signedRankMultiple(12, 0.9842)).toBeGreaterThan(signedRankMultiple(12, 0.95));
  });
});

test('the change follows from the spread, its median bias taken off, the multiple and the rounds', () => {
  const found = detectableChange(spread(6, 0.01), 9, 0.95, () => 3);
  // The median of χ² with 5 degrees of freedom is 4.3515 (R: qchisq(0.5, 5)).
  expect(found?.spread).toBeCloseTo(0.01 / Math.sqrt(4.3515 / 5), 4);
  expect(found).toMatchObject({ multiple: 3, rounds: 9 });
  expect(found?.change).toBeCloseTo(Math.expm1((3 * (found?.spread ?? 0)) / 3), 12);
});

test('without a spread nothing is said to be detectable', () => {
  expect(detectableChange([0.1], 6, 0.95)).toBeUndefined();
  expect(detectableChange([0, 0, 0], 6, 0.95)).toBeUndefined();
});

/** n values whose standard deviation is exactly `deviation`; n even. */
function spread(n: number, deviation: number): Values {
  const unit = deviation * Math.sqrt((n - 1) / n);
  return some(n, (index) => (index % 2 === 0 ? unit : -unit));
}

function some(n: number, value: (index: number) => number): Values {
  const values = asValues(Array.from({ length: n }, (_, index) => value(index)));
  if (values === undefined) throw new Error('no values');
  return values;
}
