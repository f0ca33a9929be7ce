import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  hasStoppedGrowing,
  mostSweptConnections,
  sweepConnections,
  sweepStepsSchema,
  sweptRounds,
} from './sweep.ts';

test('each step has twice as many connections as the one before, and the last one has the most', () => {
  expect(sweepConnections(8)).toEqual([1, 2, 4, 8]);
  expect(sweepConnections(100)).toEqual([1, 2, 4, 8, 16, 32, 64, 100]);
  expect(sweepConnections(2)).toEqual([1, 2]);
  fc.assert(
    fc.property(fc.integer({ min: 2, max: mostSweptConnections }), (most) => {
      const steps = sweepConnections(most);
      expect(steps.at(-1)).toBe(most);
      expect(steps.every((it, index) => index === 0 || it <= 2 * (steps[index - 1] ?? 0))).toBe(true);
      expect(new Set(steps).size).toBe(steps.length);
    }),
  );
});

test('capacity has stopped growing after two steps that raise it by 5 % at most', () => {
  expect(hasStoppedGrowing([])).toBe(false);
  expect(hasStoppedGrowing([100, 102])).toBe(false);
  expect(hasStoppedGrowing([100, 102, 106])).toBe(false);
  expect(hasStoppedGrowing([100, 200, 208])).toBe(false);
  expect(hasStoppedGrowing([100, 200, 208, 209])).toBe(true);
  expect(hasStoppedGrowing([100, 200, 150, 199])).toBe(true);
});

test('a path that answers nothing, or nothing any more, does not keep the sweep going', () => {
  expect(hasStoppedGrowing([0, 0, 0])).toBe(true);
  expect(hasStoppedGrowing([100, 200, 0, 0])).toBe(true);
  expect(hasStoppedGrowing([0, 0, 100])).toBe(false);
});

test('as many rounds have a sweep as an interval needs, and one to spare', () => {
  expect(sweptRounds({ confidence: 0.95 })).toBe(7);
  expect(sweptRounds({ confidence: 0.99 })).toBe(9);
});

test('a step has figures, or the reason why it does not count, or both', () => {
  const figures = {
    connections: 2,
    requestsPerSecond: 5_000,
    latencyP50Us: 400,
    cpu: { loadSeconds: 1, requests: 5_000, agentSeconds: 0.2 },
  };
  const problem = '3 timeouts';
  expect(() =>
    sweepStepsSchema.parse([figures, { ...figures, problem }, { connections: 4, problem }]),
  ).not.toThrow();
  expect(() => sweepStepsSchema.parse([{ connections: 4 }])).toThrow();
});
