import { expect, test } from 'vitest';
import type { Stopping } from '../model/stopping.ts';
import { type AfterRound, stopRule } from './stop-rule.ts';

const stopping: Stopping = {
  seconds: 100,
  precision: { halfWidth: 0.02, looks: [8, 10, 13], coverage: 0.95 },
};

/** Rounds of 5 s each, one after another, until the rule stops; what it looked at on the way. */
async function rounds(plan: { stopping: Stopping; rounds: number }, widths: readonly (number | undefined)[]) {
  const looked: (readonly [number, number | undefined])[] = [];
  let next = 0;
  const enough = stopRule(
    plan,
    async () => widths[next++],
    (width, round) => looked.push([round, width]),
  );
  if (enough === undefined) throw new Error('the plan has no rule');
  for (let round = 1; ; round++) {
    const at: AfterRound = { round, elapsedSeconds: 5 * round, roundSeconds: 5 };
    const stop = await enough(at);
    if (stop !== undefined) return { stop, looked };
  }
}

test('a plan of a fixed number of rounds has no rule', () => {
  expect(stopRule({ rounds: 8 }, async () => 0)).toBeUndefined();
});

test('a run stops at the first planned look that is tight enough, and looks at no other time', async () => {
  expect(await rounds({ stopping, rounds: 13 }, [0.05, 0.0199])).toEqual({
    stop: { by: 'precision', rounds: 10, look: 2, halfWidth: 0.0199 },
    looked: [
      [8, 0.05],
      [10, 0.0199],
    ],
  });
});

test('no round begins that would end after the time, judged by the longest so far', async () => {
  expect((await rounds({ stopping: { seconds: 52 }, rounds: 100 }, [])).stop).toEqual({
    by: 'time',
    rounds: 10,
  });
  const late = await rounds({ stopping: { ...stopping, seconds: 57 }, rounds: 100 }, [0.5, 0.4]);
  expect(late.stop).toEqual({ by: 'time', rounds: 11, halfWidth: 0.4 });
});

test('a first round that takes too long already is the only one', async () => {
  expect((await rounds({ stopping: { seconds: 1 }, rounds: 100 }, [])).stop).toEqual({
    by: 'time',
    rounds: 1,
  });
});

test('after the last of its rounds a run ends, with what it saw last', async () => {
  expect((await rounds({ stopping, rounds: 13 }, [0.5, undefined, 0.3])).stop).toEqual({
    by: 'rounds',
    rounds: 13,
    halfWidth: 0.3,
  });
});
