import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import type { RatioInterval } from '../../bench/model/ratio-interval.ts';
import { changePoints } from './change-points.ts';
import { levelInterval, levelsOf, stepBetween } from './levels.ts';
import { halfWidth, simulatedHistory } from './simulated-history.fixture.ts';

const trials = 1000;
/** The level of simulated nights before a step, on the log scale. */
const truth = 0.2;

function covers({ ratioLow, ratioHigh }: RatioInterval, y: number): boolean {
  return Math.log(ratioLow) <= y && Math.log(ratioHigh) >= y;
}

function expectUsualCoverage(covered: number): void {
  expect(covered / trials).toBeGreaterThanOrEqual(0.93);
  expect(covered / trials).toBeLessThanOrEqual(0.97);
}

test.each([
  { nights: 1, betweenRuns: 0 },
  { nights: 2, betweenRuns: 0 },
  { nights: 3, betweenRuns: 0 },
  { nights: 3, betweenRuns: 1 },
  { nights: 5, betweenRuns: 0 },
  { nights: 5, betweenRuns: 1 },
  { nights: 30, betweenRuns: 0 },
  { nights: 30, betweenRuns: 1 },
])(
  'the interval of a level covers it in 93 to 97 % of 1,000 histories: $nights nights, $betweenRuns standard errors between runs',
  ({ nights, betweenRuns }) => {
    const rng = xoroshiro128plus(10 * nights + betweenRuns);
    let covered = 0;
    for (let trial = 0; trial < trials; trial++) {
      const [level] = levelsOf([simulatedHistory(rng, { nights, betweenRuns })]);
      if (level !== undefined && covers(levelInterval(level), truth)) covered++;
    }
    expectUsualCoverage(covered);
  },
);

test.each([
  { before: 5, after: 3, betweenRuns: 0 },
  { before: 5, after: 3, betweenRuns: 1 },
  { before: 5, after: 5, betweenRuns: 0 },
  { before: 5, after: 5, betweenRuns: 1 },
  { before: 30, after: 30, betweenRuns: 0 },
  { before: 30, after: 30, betweenRuns: 1 },
])(
  'the interval of a step covers it in 93 to 97 % of 1,000 histories, and so does that of the level after it: $before nights before, $after after, $betweenRuns standard errors between runs',
  ({ before, after, betweenRuns }) => {
    const rng = xoroshiro128plus(100 * before + 10 * after + betweenRuns);
    const step = { at: before, by: 2 * halfWidth };
    const covered = { step: 0, after: 0 };
    for (let trial = 0; trial < trials; trial++) {
      const nights = simulatedHistory(rng, { nights: before + after, betweenRuns, step });
      const [from, to] = levelsOf([nights.slice(0, before), nights.slice(before)]);
      if (from === undefined || to === undefined) throw new Error('two segments have two levels');
      if (covers(stepBetween(from, to), step.by)) covered.step++;
      if (covers(levelInterval(to), truth + step.by)) covered.after++;
    }
    expectUsualCoverage(covered.step);
    expectUsualCoverage(covered.after);
  },
);

test('a change that has just been found has a step whose interval excludes none', () => {
  const rng = xoroshiro128plus(6);
  const at = 30;
  let found = 0;
  for (let history = 0; history < 200; history++) {
    const step = { at, by: 2 * halfWidth };
    const nights = simulatedHistory(rng, { nights: at + 3, betweenRuns: 0.5, step });
    const { changes } = changePoints(nights);
    if (changes.length !== 1 || changes[0]?.at !== at) continue;
    found++;
    const [from, to] = levelsOf([nights.slice(0, at), nights.slice(at)]);
    if (from === undefined || to === undefined) throw new Error('two segments have two levels');
    expect(stepBetween(from, to).ratioLow).toBeGreaterThan(1);
  }
  expect(found).toBeGreaterThan(100);
});

test('nights that are all alike have a level without any width', () => {
  const night = { y: 0.2, se: 0.01, df: 9 };
  const [level] = levelsOf([[night, night, night]]);
  expect(level).toEqual({ y: expect.closeTo(0.2, 12), se: expect.closeTo(0, 12), df: 2 });
});
