import { expect, test } from 'vitest';
import type { HalvesOfRound, SteadyState, Trend } from '../bench/model/summary.ts';
import { steadyStateWords } from './steady-state-words.ts';

const of = {
  server: 'nginx',
  profile: 'latency',
  baseline: 'host/external',
  metric: 'latency-p50',
} as const;
const quiet: HalvesOfRound = { ...of, round: 1, change: 1.01, pValue: 0.6, differs: false };
const trend: Trend = { ...of, rounds: 2, change: 0.97, pValue: 0.5, differs: false };

function words(steadyState: SteadyState): string | undefined {
  return steadyStateWords({ steadyState });
}

test('a quiet run, a disturbed round, a warm-up that lasts', () => {
  expect(words({ rounds: [quiet, { ...quiet, round: 2 }], trends: [trend] })).toBe(
    "Steady state: no round's second half differs from its first (2 tests, one a round, server and profile); " +
      'no change that comes with every round.',
  );
  const disturbed = { ...quiet, round: 2, differs: true };
  expect(words({ rounds: [quiet, disturbed], trends: [{ ...trend, differs: true }] })).toBe(
    'Steady state: the second half of a round differs from its first in 1 of 2 tests, one a round, server and profile; ' +
      'with every round nginx latency −3.0 %.',
  );
});

test('where nothing could be tested, nothing is said', () => {
  expect(words({ rounds: [], trends: [] })).toBeUndefined();
});
