import { expect, test } from 'vitest';
import type { OtherProcess } from '../model/other-processes.ts';
import { OtherProcesses } from './other-processes.ts';

type Used = readonly (readonly [key: string, name: string, cpuSeconds: number])[];

/** Sums up rounds of one second; each is seen at its begin and its end. */
async function summed(...looks: readonly Used[]) {
  const others = new OtherProcesses();
  let look = 0;
  const stage = {
    otherProcesses: async (): Promise<readonly OtherProcess[]> =>
      (looks[look++] ?? []).map(([key, name, cpuSeconds]) => ({ key, name, cpuSeconds, endedSeconds: 0 })),
  };
  for (let round = 0; round < looks.length / 2; round++) {
    await others.begin(stage);
    await others.end(stage, 1);
  }
  return others.largest();
}

test('what each used between begin and end is summed over the rounds, not what it used between them', async () => {
  expect(
    await summed([['1', 'make', 5]], [['1', 'make', 5.5]], [['1', 'make', 9]], [['1', 'make', 9.25]]),
  ).toEqual({
    wallSeconds: 2,
    processes: [{ name: 'make', cpuSeconds: 0.75 }],
  });
});

test('processes of one name are one line, and one that began in the round had used nothing before', async () => {
  const ends: Used = [
    ['1', 'chrome', 11],
    ['2', 'chrome', 0.5],
    ['3', 'cron', 0.25],
  ];
  expect((await summed([['1', 'chrome', 10]], ends))?.processes).toEqual([
    { name: 'chrome', cpuSeconds: 1.5 },
    { name: 'cron', cpuSeconds: 0.25 },
  ]);
});

test('one that took the number of another, which ended, counts from its own start', async () => {
  // The key has the start time: another process of the same number is another key.
  const found = await summed([['7 at 100', 'make', 50]], [['7 at 900', 'make', 2]]);
  expect(found?.processes).toEqual([{ name: 'make', cpuSeconds: 2 }]);
});

test('the five largest are named, without those that used nothing', async () => {
  const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const before: Used = names.map((name) => [name, name, 1]);
  const after: Used = names.map((name, place) => [name, name, 1 + (6 - place) / 10]);
  expect((await summed(before, after))?.processes.map(({ name }) => name)).toEqual(['a', 'b', 'c', 'd', 'e']);
  expect(await summed([['1', 'idle', 3]], [['1', 'idle', 3]])).toEqual({ wallSeconds: 1, processes: [] });
});

test('where none can be seen there is nothing to say', async () => {
  expect(await summed([], [])).toBeUndefined();
});
