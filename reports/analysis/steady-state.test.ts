import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { describe, expect, test } from 'vitest';
import { loadProfiles } from '../../bench/model/profile.ts';
import { normalDeviate } from '../statistics/normal-deviate.ts';
import { bridgePath, mappedPath } from '../synthetic-run.fixture.ts';
import type { ComparisonGroup } from './comparison-group.ts';
import { baselineCase, bridgeCase, recordedCase, redraw } from './recorded-case.fixture.ts';
import { improves, steadyState, testSteadyState } from './steady-state.ts';

const stateOf = (groups: readonly ComparisonGroup[]) => steadyState(testSteadyState(groups));

const rounds = 8;
const blocks = 7;

/** Log of how much slower than usual a slice is: of a case (0 … 3), a round and a block, in the order of measurement. */
type Slowness = (at: { readonly member: number; readonly round: number; readonly block: number }) => number;

const every = Array.from({ length: rounds * blocks }, (_, index) => ({
  round: 1 + Math.floor(index / blocks),
  block: 1 + (index % blocks),
}));

/** Baseline, twin and two contenders. */
function emptyGroup(): ComparisonGroup {
  return {
    server: 'nginx',
    profile: loadProfiles.latency,
    baselinePath: baselineCase.path,
    baseline: recordedCase(baselineCase, every),
    twin: recordedCase({ ...baselineCase, role: 'twin' }, every),
    contenders: [bridgePath, mappedPath].map((path) => recordedCase({ ...bridgeCase, path }, every)),
  };
}

/** Fills a group with slices that follow one another block by block. */
function fill(group: ComparisonGroup, slowness: Slowness): ComparisonGroup {
  const members = [group.baseline, ...(group.twin === undefined ? [] : [group.twin]), ...group.contenders];
  const drawn = new Map(
    every.map(({ round, block }) => [
      `${round} ${block}`,
      members.map((_, member) => 62_000 * Math.exp(slowness({ member, round, block }))),
    ]),
  );
  for (const [member, recorded] of members.entries()) {
    redraw(recorded, (round, block) => drawn.get(`${round} ${block}`)?.[member] ?? Number.NaN);
  }
  return group;
}

const noises: Readonly<Record<string, (rng: RandomGenerator) => number>> = {
  normal: (rng) => 0.01 * normalDeviate(rng),
  lognormal: (rng) => 0.02 * Math.exp(0.7 * normalDeviate(rng)),
  'one slice in five disturbed': (rng) =>
    0.005 * normalDeviate(rng) + (uniformFloat64(rng) < 0.2 ? 0.3 * uniformFloat64(rng) : 0),
};

describe('a quiet run', () => {
  const trials = 400;
  // 5 % of them, and 3.5 standard errors √(0.05·0.95/400) = 1.1 points beyond.
  const most = 0.05 + 3.5 * Math.sqrt((0.05 * 0.95) / trials);

  test.each(Object.keys(noises))(
    'of %s noise is told of a change in at most 5 % of cases',
    { timeout: 60_000 },
    (name) => {
      const rng = xoroshiro128plus(17);
      const groups = [emptyGroup(), emptyGroup()];
      let told = 0;
      for (let trial = 0; trial < trials; trial++) {
        for (const group of groups) fill(group, () => noises[name]?.(rng) ?? 0);
        const { rounds: halves, trends } = stateOf(groups);
        if ([...halves, ...trends].some(({ differs }) => differs)) told++;
      }
      expect(told / trials).toBeLessThanOrEqual(most);
    },
  );

  test('on a machine whose speed walks at random is not told that its warm-up is short', {
    timeout: 60_000,
  }, () => {
    const rng = xoroshiro128plus(18);
    const group = emptyGroup();
    let told = 0;
    for (let trial = 0; trial < trials; trial++) {
      let drift = 0;
      const { trends } = stateOf([
        fill(group, () => {
          drift += 0.005 * normalDeviate(rng);
          return drift + 0.01 * normalDeviate(rng);
        }),
      ]);
      if (trends.some(({ differs }) => differs)) told++;
    }
    expect(told / trials).toBeLessThanOrEqual(0.025 + 3.5 * Math.sqrt((0.025 * 0.975) / trials));
  });
});

describe('a change', () => {
  test('that comes with every round is a warm-up that lasts, by its size', () => {
    const rng = xoroshiro128plus(19);
    const { trends } = stateOf([
      fill(emptyGroup(), ({ block }) => 0.01 * normalDeviate(rng) + (block <= 3 ? 0.03 : 0)),
    ]);
    expect(trends).toHaveLength(1);
    expect(trends[0]).toMatchObject({ server: 'nginx', profile: 'latency', rounds, differs: true });
    expect(trends[0]?.change).toBeGreaterThan(0.95);
    expect(trends[0]?.change).toBeLessThan(0.985);
    expect(trends.every(improves)).toBe(true);
  });

  test('in one round is told of that round, and is no warm-up', () => {
    const rng = xoroshiro128plus(20);
    const { rounds: halves, trends } = stateOf([
      fill(
        emptyGroup(),
        ({ round, block }) => 0.01 * normalDeviate(rng) + (round === 5 && block >= 4 ? 0.08 : 0),
      ),
    ]);
    expect(halves.map(({ round }) => round)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(halves.filter(({ differs }) => differs).map(({ round }) => round)).toEqual([5]);
    expect(halves[4]?.change).toBeGreaterThan(1.06);
    expect(trends[0]?.differs).toBe(false);
  });

  test('cannot be told where a round has a single block', () => {
    const baseline = recordedCase(baselineCase, [{ round: 1, block: 1 }]);
    const { twin, ...rest } = emptyGroup();
    expect(stateOf([{ ...rest, baseline, contenders: [] }])).toEqual({ rounds: [], trends: [] });
  });
});
