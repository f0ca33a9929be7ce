import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import type { LogOverhead } from '../across/log-overhead.ts';
import { changePoints } from './change-points.ts';
import { eDivisive } from './e-divisive.fixture.ts';
import { halfWidth, simulatedHistory } from './simulated-history.fixture.ts';

/** A night whose interval is ±0.02 around y. */
function night(y: number, se = 0.01): LogOverhead {
  return { y, se, df: 9 };
}

/** A history around a level, with the small differences that nights have. */
function around(level: number, nights: number): readonly LogOverhead[] {
  const noise = [0.004, -0.006, 0.007, -0.003, 0.001];
  return Array.from({ length: nights }, (_, index) => night(level + (noise[index % noise.length] ?? 0)));
}

test('a lasting step is found on its third night, and dated on its first', () => {
  const nights = [...around(0.2, 20), ...around(0.26, 6)];
  expect(changePoints(nights).changes).toEqual([{ at: 20, foundAt: 22 }]);
});

test('until then it is not yet datable: one or two nights may be outliers', () => {
  const before = around(0.2, 20);
  expect(changePoints([...before, ...around(0.3, 1)])).toMatchObject({
    changes: [],
    suspicion: { at: 20, nightsNeeded: 2 },
  });
  expect(changePoints([...before, ...around(0.3, 2)])).toMatchObject({
    changes: [],
    suspicion: { at: 20, nightsNeeded: 1 },
  });
  const found = changePoints([...before, ...around(0.3, 3)]);
  expect(found).toMatchObject({ changes: [{ at: 20, foundAt: 22 }] });
  expect(found.suspicion).toBeUndefined();
});

test('two wild nights that pass are no change', () => {
  const nights = [...around(0.2, 20), ...around(0.5, 2), ...around(0.2, 20)];
  expect(changePoints(nights).changes).toEqual([]);
});

test('a change that is taken back is two changes', () => {
  const nights = [...around(0.2, 20), ...around(0.3, 10), ...around(0.2, 10)];
  expect(changePoints(nights).changes).toEqual([
    { at: 20, foundAt: 22 },
    { at: 30, foundAt: 32 },
  ]);
});

test('a night with a wide interval says little: the same step is no change where the nights cannot tell it', () => {
  const step = (se: number) => [...around(0.2, 20), ...around(0.26, 3).map(({ y }) => night(y, se))];
  expect(changePoints(step(0.01)).changes).toHaveLength(1);
  expect(changePoints(step(0.06)).changes).toEqual([]);
});

test('runs that differ by more than their intervals hide a step that their intervals alone would show', () => {
  const rng = xoroshiro128plus(3);
  const step = { at: 30, by: 2 * halfWidth };
  const [steady, restless] = [0, 4].map((betweenRuns) =>
    changePoints(simulatedHistory(rng, { nights: 33, betweenRuns, step })),
  );
  expect(steady?.changes).toHaveLength(1);
  expect(restless?.changes).toHaveLength(0);
});

test('an empty history, and one of a single night, have no change', () => {
  expect(changePoints([]).changes).toEqual([]);
  expect(changePoints([night(0.2)]).changes).toEqual([]);
});

test('equal nights without any width have no change', () => {
  const nights = Array.from({ length: 30 }, () => night(0.2, 0));
  expect(changePoints(nights).changes).toEqual([]);
});

const histories = 200;

/** The share of histories in which a step is found within so many nights, and dated within two of its first. */
function shareFound(within: number, at: number, betweenRuns: number): number {
  const rng = xoroshiro128plus(1);
  const step = { at, by: 2 * halfWidth };
  let found = 0;
  for (let history = 0; history < histories; history++) {
    const { changes } = changePoints(simulatedHistory(rng, { nights: at + within, betweenRuns, step }));
    if (changes.some((change) => Math.abs(change.at - at) <= 2)) found++;
  }
  return found / histories;
}

/** How many changes are found where there are none. */
function falseAlarms(nights: number, betweenRuns: number): number {
  const rng = xoroshiro128plus(2);
  let alarms = 0;
  for (let history = 0; history < histories; history++) {
    alarms += changePoints(simulatedHistory(rng, { nights, betweenRuns })).changes.length;
  }
  return alarms;
}

/** A page with other rows in the table whose head ends so. */
function withRows(page: string, head: string, rows: readonly (readonly (string | number)[])[]): string {
  const table = rows.map((cells) => `| ${cells.join(' | ')} |\n`).join('');
  const at = page.indexOf(head) + head.length;
  return page.slice(0, at) + page.slice(at).replace(/^( \|\n\|[-|]+\|\n)(?:\|.*\n)*/, `$1${table}`);
}

// By chance, a share of 200 histories is within 7 points (two standard errors) of what ever more would give.
test('the tables of bench/docs/history.md: without a spread between runs, 95 % of steps are found in three nights after 30; at most one of 5,000 quiet nights raises an alarm', async () => {
  const steps = [0, 0.5, 1].flatMap((betweenRuns) =>
    [20, 30, 60].map((at) => ({
      betweenRuns,
      at,
      soon: shareFound(3, at, betweenRuns),
      later: shareFound(12, at, betweenRuns),
    })),
  );
  for (const { betweenRuns, at, soon } of steps)
    if (betweenRuns === 0 && at >= 30) expect(soon).toBeGreaterThanOrEqual(0.95);
  const nights = 250;
  const alarms = [0, 0.5, 1, 2].map((betweenRuns) => ({
    betweenRuns,
    count: falseAlarms(nights, betweenRuns),
  }));
  for (const { count } of alarms) expect(count).toBeLessThanOrEqual((histories * nights) / 5000);

  const path = join(import.meta.dirname, '..', '..', 'bench', 'docs', 'history.md');
  const percent = (share: number) => `${Number((100 * share).toFixed(1))} %`;
  const withSteps = withRows(
    await readFile(path, 'utf8'),
    'after 12 nights, dated within ±2',
    steps.map(({ betweenRuns, at, soon, later }) => [betweenRuns, at, percent(soon), percent(later)]),
  );
  const page = withRows(
    withSteps,
    'quiet nights of one comparison',
    alarms.map(({ betweenRuns, count }) => [betweenRuns, count]),
  );
  await expect(page).toMatchFileSnapshot(path);
});

test('a further night moves no earlier change point: in none of 100 histories, whatever the night', () => {
  const rng = xoroshiro128plus(4);
  for (let history = 0; history < 100; history++) {
    const step = { at: 20, by: 1.5 * halfWidth };
    const nights = simulatedHistory(rng, { nights: 40, betweenRuns: 1, step });
    const all = changePoints(nights).changes;
    for (let count = 20; count < nights.length; count++) {
      const { changes } = changePoints(nights.slice(0, count));
      expect(changes).toEqual(all.filter(({ foundAt }) => foundAt < count));
    }
  }
});

test('E-divisive, which knows no intervals, dates nineteen of twenty steps within two nights of the same date', () => {
  const rng = xoroshiro128plus(5);
  let agreed = 0;
  for (let history = 0; history < 20; history++) {
    const step = { at: 20, by: 2 * halfWidth };
    const nights = simulatedHistory(rng, { nights: 30, betweenRuns: 0, step });
    const second = eDivisive(
      nights.map(({ y }) => y),
      rng,
    );
    const [first] = changePoints(nights).changes;
    if (first !== undefined && second.p <= 0.05 && Math.abs(first.at - second.at) <= 2) agreed++;
  }
  expect(agreed).toBeGreaterThanOrEqual(19);
});
