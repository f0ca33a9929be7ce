import { describe, expect, test } from 'vitest';
import { mostRounds } from '../model/plan.ts';
import { roundsNeeded } from '../model/rounds-needed.ts';
import { lookLevel, plannedLooks, stoppingPlan } from './stopping.ts';

const fixed = { rounds: undefined, coverage: 0.95, comparisons: 1 } as const;

test('without a wish a run has its rounds and no rule to stop by', () => {
  expect(stoppingPlan({}, fixed)).toBeUndefined();
});

test('by time alone: the clock does not depend on what was measured, so the level is the wished one', () => {
  expect(stoppingPlan({ seconds: 60 }, fixed)).toEqual({
    stopping: { seconds: 60 },
    rounds: mostRounds,
    confidence: 0.95,
  });
});

describe('by precision', () => {
  test('every look has one level, at which half of the error is held back', () => {
    const plan = stoppingPlan({ precision: 0.02 }, fixed);
    expect(plan).toMatchObject({
      rounds: mostRounds,
      confidence: 0.975,
      stopping: { seconds: 600, precision: { halfWidth: 0.02, coverage: 0.95 } },
    });
    expect(lookLevel(0.9)).toBe(0.95);
    expect(lookLevel(0.99)).toBe(0.995);
  });

  test('who can look only once has nothing to correct', () => {
    expect(stoppingPlan({ precision: 0.02 }, { ...fixed, rounds: 8 })).toMatchObject({
      confidence: 0.95,
      stopping: { precision: { looks: [8] } },
    });
  });

  test('the first look comes when the rounds can show a difference among all comparisons at that level', () => {
    const looks = (comparisons: number) =>
      stoppingPlan({ precision: 0.02 }, { ...fixed, comparisons })?.stopping.precision?.looks;
    expect(looks(1)?.[0]).toBe(8);
    expect(looks(50)?.[0]).toBe(roundsNeeded(0.975, 50));
    expect(looks(50)?.[0]).toBe(12);
  });
});

test('looks are a tenth of the rounds apart, and the last is after all rounds', () => {
  const looks = plannedLooks(8, mostRounds);
  expect(looks.slice(0, 12)).toEqual([8, 9, 10, 11, 13, 15, 17, 19, 21, 24, 27, 30]);
  expect(looks.at(-1)).toBe(mostRounds);
  for (const [index, at] of looks.slice(1, -1).entries())
    expect(at).toBe(Math.ceil((looks[index] ?? 0) * 1.1 - 1e-9));
  expect(plannedLooks(8, 10)).toEqual([8, 9, 10]);
  expect(plannedLooks(12, 10)).toEqual([10]);
});
