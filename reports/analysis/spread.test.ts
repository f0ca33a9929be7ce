import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { describe, expect, test } from 'vitest';
import { normalDeviate } from '../statistics/normal-deviate.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';
import { commonRounds, pairRounds } from './paired-rounds.ts';
import { baselineCase, bridgeCase, recordedCase, type SliceFigures } from './recorded-case.fixture.ts';
import { splitSpread } from './spread.ts';

/** Paired rounds whose slices and deployments vary by what is given, on the log scale. */
function pairedOf(spread: { within: number; between: number }, rounds: number, blocks: number, seed: number) {
  const rng = xoroshiro128plus(seed);
  const sideOf = (): SliceFigures[] =>
    Array.from({ length: rounds }, (_, index) => index + 1).flatMap((round) => {
      const luck = (spread.between / Math.SQRT2) * normalDeviate(rng);
      return Array.from({ length: blocks }, (_, index) => ({
        round,
        block: index + 1,
        p50Ns: 62_000 * Math.exp(luck + spread.within * normalDeviate(rng)),
      }));
    });
  const [from, to] = [recordedCase(baselineCase, sideOf()), recordedCase(bridgeCase, sideOf())];
  const paired = pairRounds(commonRounds(from, to), 'latency-p50', {
    distributions: [],
    quantiles: () => {
      throw new Error('a median needs no pool');
    },
  });
  if (paired === undefined) throw new Error('no pairs');
  return paired;
}

describe('the split of 200 rounds', () => {
  test('gives both parts back', () => {
    const spread = splitSpread(pairedOf({ within: 0.02, between: 0.015 }, 200, 7, 1));
    // √(2/7)·0.02 for a mean of 7; the shift of 7 varies by 5 % more, and its error claims 2.5 % more than that.
    expect(spread?.within).toBeGreaterThan(0.0105);
    expect(spread?.within).toBeLessThan(0.0122);
    // A standard deviation of 200 values is within 3.5/√400 = 18 % by chance.
    expect(spread?.between).toBeGreaterThan(0.0115);
    expect(spread?.between).toBeLessThan(0.018);
    expect((spread?.within ?? 0) ** 2 + (spread?.between ?? 0) ** 2).toBeCloseTo(
      (spread?.ofRounds ?? 0) ** 2,
      9,
    );
  });

  test('leaves next to nothing between rounds where deployments do not differ', () => {
    const spread = splitSpread(pairedOf({ within: 0.02, between: 0 }, 200, 7, 2));
    expect((spread?.between ?? 1) ** 2).toBeLessThan(0.25 * (spread?.ofRounds ?? 0) ** 2);
  });

  test('is not made of a single block, nor of three rounds', () => {
    expect(splitSpread(pairedOf({ within: 0.02, between: 0.01 }, 8, 1, 3))).toBeUndefined();
    expect(splitSpread(pairedOf({ within: 0.02, between: 0.01 }, 3, 7, 4))).toBeUndefined();
    expect(splitSpread(pairedOf({ within: 0.02, between: 0.01 }, 4, 7, 5))).toBeDefined();
  });
});

describe('the advice', () => {
  const spreadOf = (deploymentNoise: number, sliceNoise: number) =>
    buildReportModel(
      syntheticRun({ seed: 3, rounds: 10, blocks: 4, servers: ['nginx'], deploymentNoise, sliceNoise }),
    ).summary.spread;

  test('is more rounds where deployments differ', () => {
    const spread = spreadOf(0.03, 0.005);
    expect(spread).toMatchObject({ advice: 'more-rounds', blocks: 4 });
    expect(spread?.betweenShare).toBeGreaterThan(0.8);
    expect(spread?.message).toMatch(/^\d+ % of the spread lies between rounds.*More rounds narrow/);
  });

  test('is more rounds, too, where slices vary but another round costs no more than its slices', () => {
    // The synthetic rounds follow one another at once: then only the number of slices counts.
    expect(spreadOf(0.0005, 0.03)).toMatchObject({ advice: 'more-rounds' });
  });

  test('is more blocks where slices vary and a round costs much besides them', () => {
    const run = syntheticRun({
      seed: 3,
      rounds: 10,
      blocks: 4,
      servers: ['nginx'],
      deploymentNoise: 0.0005,
      sliceNoise: 0.03,
    });
    const delayed = run.slices.map((slice) => ({
      ...slice,
      startedAt: new Date(Date.parse(slice.startedAt) + slice.round * 30_000).toISOString(),
    }));
    const { spread } = buildReportModel({ ...run, slices: delayed }).summary;
    expect(spread).toMatchObject({ advice: 'more-blocks' });
    expect(spread?.bestBlocks).toBeGreaterThan(8);
    expect(spread?.message).toContain(`--blocks ${spread?.bestBlocks} rather than 4`);
  });
});
