import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import type { RandomGenerator } from 'pure-rand/types/RandomGenerator';
import { expect, test } from 'vitest';
import { normalDeviate } from '../statistics/normal-deviate.fixture.ts';
import { acrossRuns } from './across-runs.ts';
import { intervalOf, type LogOverhead } from './log-overhead.ts';
import { covers, measuredRun, shareOf } from './simulated-runs.fixture.ts';

// Means and standard errors of four normal groups.
const four: readonly LogOverhead[] = [
  { y: 0.18067, se: 0.005993923775142809, df: 9 },
  { y: 0.199075, se: 0.007977725856939738, df: 11 },
  { y: 0.165375, se: 0.004099902002313157, df: 7 },
  { y: 0.16567, se: 0.009538302563321928, df: 19 },
];

test('the figures are those of SciPy 1.17.1', () => {
  const across = acrossRuns(four);
  const [mean, further] = [across.mean, across.further].map((it) => intervalOf(it, 0.95));
  // The root of Paule & Mandel's equation by brentq, and I² by Higgins & Thompson's typical variance.
  expect(across.between).toBeCloseTo(0.014043067130766146, 8);
  expect(across.betweenShare).toBeCloseTo(0.8274949929638901, 6);
  // stats.f_oneway(…, equal_var=False) on the groups gives 0.0068. Of a quarter fewer degrees of freedom it is 0.0101.
  expect(across.pSame).toBeCloseTo(0.01014295419303238, 9);
  expect(mean?.ratio).toBeCloseTo(1.1944639412366078, 9);
  expect(mean?.ratioLow).toBeCloseTo(1.1645467456318945, 6);
  expect(mean?.ratioHigh).toBeCloseTo(1.2251497093320411, 6);
  expect(further?.ratioLow).toBeCloseTo(1.1286005454754648, 6);
  expect(further?.ratioHigh).toBeCloseTo(1.2641710236932602, 6);
});

test('runs that agree better than their intervals say have no spread between them', () => {
  const alike = four.map((run, index) => ({ ...run, y: 0.18 + 0.0001 * index }));
  const { between, betweenShare, pSame } = acrossRuns(alike);
  expect(between).toBe(0);
  expect(betweenShare).toBe(0);
  expect(pSame).toBeGreaterThan(0.9);
});

test('two runs are too few', () => {
  expect(() => acrossRuns(four.slice(0, 2))).toThrow('2 runs have no spread between runs: it takes 3');
});

const trials = 2000;
const truth = 0.2;
const se = 0.01;

/** Runs of a kind of machine: τ in standard errors of a run, and how the runs differ in their own errors. */
function someRuns(
  rng: RandomGenerator,
  runs: number,
  tau: number,
  factors: readonly number[],
): readonly LogOverhead[] {
  return Array.from({ length: runs }, (_, index) => {
    const own = se * (factors[index % factors.length] ?? 1);
    return measuredRun(rng, { y: truth + tau * se * normalDeviate(rng), se: own, rounds: 10 });
  });
}

const worlds = [3, 5, 10].flatMap((runs) =>
  [0, 1, 3].flatMap((tau) =>
    [
      { noise: 'equal', factors: [1] },
      { noise: 'unequal', factors: [1, 2, 3] },
    ].map(({ noise, factors }) => ({ runs, tau, noise, factors })),
  ),
);

/** The usual form of Hartung & Knapp: weights by each run's own interval. */
function weightedByInterval(runs: readonly LogOverhead[], between: number): LogOverhead {
  const weights = runs.map((run) => 1 / (run.se ** 2 + between ** 2));
  const total = weights.reduce((sum, it) => sum + it, 0);
  const mean = runs.reduce((sum, { y }, index) => sum + y * (weights[index] ?? 0), 0) / total;
  const squares = runs.reduce((sum, { y }, index) => sum + (weights[index] ?? 0) * (y - mean) ** 2, 0);
  const df = runs.length - 1;
  return { y: mean, se: Math.sqrt(squares / df / total), df };
}

// By chance, a share of 2,000 trials is within 1 point (two standard errors) of what ever more trials would give.
test('the interval of all runs covers in 94 % or more; weights by interval cover less: the table of compare.md', async () => {
  const rows = worlds.map(({ runs, tau, noise, factors }) => {
    const rng = xoroshiro128plus(40 + runs * 10 + tau);
    const covered = { byInterval: 0, equal: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const drawn = someRuns(rng, runs, tau, factors);
      const { mean, between } = acrossRuns(drawn);
      if (covers(weightedByInterval(drawn, between), truth)) covered.byInterval++;
      if (covers(mean, truth)) covered.equal++;
    }
    const shares = [covered.byInterval / trials, covered.equal / trials];
    return { shares, cells: [runs, tau, noise, ...shares.map((it) => `${(it * 100).toFixed(1)} %`)] };
  });
  for (const { shares } of rows) expect(shares[1]).toBeGreaterThanOrEqual(0.94);
  const meanOf = (column: number) =>
    rows.reduce((sum, { shares }) => sum + (shares[column] ?? 0), 0) / rows.length;
  expect(meanOf(0)).toBeLessThan(0.945);
  expect(meanOf(1)).toBeGreaterThanOrEqual(0.95);
  const page = join(import.meta.dirname, '..', '..', 'bench', 'docs', 'compare.md');
  const table = rows.map(({ cells }) => `| ${cells.join(' | ')} |\n`).join('');
  const renewed = (await readFile(page, 'utf8')).replace(
    /(equal weights cover \|\n\|[-| ]+\|\n)(?:\|.*\n)*/,
    (_, head) => `${head}${table}`,
  );
  await expect(renewed).toMatchFileSnapshot(page);
});

test.each(worlds.filter(({ noise }) => noise === 'equal'))(
  '$runs runs, τ of $tau standard errors: a further run lies where it is expected in 95 %',
  ({ runs, tau, factors }) => {
    const share = shareOf(trials, 500 + runs * 10 + tau, (rng) => {
      const [next, ...others] = someRuns(rng, runs + 1, tau, factors);
      return next !== undefined && covers(acrossRuns(others).further, next.y);
    });
    // The level is exact. By chance, a share of 2,000 trials is 0.49 points (one standard error) off.
    expect(Math.abs(share - 0.95)).toBeLessThan(3.5 * 0.0049);
  },
);

test.each([3, 5, 10])(
  '%i runs that do not differ are said to differ in at most 6 %, whatever their noise',
  (runs) => {
    for (const factors of [[1], [1, 2, 3]]) {
      const share = shareOf(
        trials,
        900 + runs,
        (rng) => acrossRuns(someRuns(rng, runs, 0, factors)).pSame <= 0.05,
      );
      expect(share).toBeLessThanOrEqual(0.06);
    }
  },
);

test('runs that differ by three standard errors are seen to differ', () => {
  const share = shareOf(500, 77, (rng) => acrossRuns(someRuns(rng, 5, 3, [1])).pSame <= 0.05);
  expect(share).toBeGreaterThan(0.8);
});
