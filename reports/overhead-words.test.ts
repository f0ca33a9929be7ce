import { expect, test } from 'vitest';
import type { Overhead } from '../bench/model/summary.ts';
import {
  changeWords,
  detectableWords,
  leftOutCount,
  roundsWords,
  shortLevelWords,
  verdictWords,
} from './overhead-words.ts';

const overhead: Overhead = {
  server: 'nginx',
  profile: 'throughput',
  path: 'bridge/external/published',
  baseline: 'host/external',
  metric: 'throughput',
  unit: 'requests/s',
  primary: true,
  baselineValue: 25_000,
  contenderValue: 21_000,
  ratio: 0.84,
  low: 0.82,
  high: 0.86,
  confidence: 0.961,
  absoluteDifference: { value: -4_000, low: -4_500, high: -3_500 },
  rounds: 8,
  verdict: 'slower',
  verdictReason: '',
  atLeast: false,
  detectable: 0.018,
};

test('a shown difference is a signed percentage with its interval', () => {
  expect(changeWords(overhead, 0.95)).toBe('−16 % [−18, −14]');
  expect(changeWords({ ...overhead, ratio: 1.19, low: 1.17, high: 1.21 }, 0.95)).toBe('+19 % [17, 21]');
});

test('an interval that includes 1, or decides nothing, is ~ with the detectable size', () => {
  const none = '~ (detectable: 1.8 %)';
  expect(changeWords({ ...overhead, ratio: 1, low: 0.99, high: 1.01, verdict: 'equivalent' }, 0.95)).toBe(
    none,
  );
  expect(changeWords({ ...overhead, verdict: 'untrusted' }, 0.95)).toBe(none);
  expect(changeWords({ ...overhead, confidence: 0.75, verdict: 'inconclusive' }, 0.95)).toBe(none);
  const { detectable: _, ...withoutTwin } = overhead;
  expect(detectableWords(withoutTwin)).toBe('detectable: unknown');
});

test('a small difference inside the relevance margin is still shown', () => {
  const small = { ...overhead, ratio: 1.006, low: 1.002, high: 1.01, verdict: 'equivalent' } as const;
  expect(changeWords(small, 0.95)).toBe('+0.6 % [0.2, 1.0]');
});

test('"at least" belongs to a direction only', () => {
  expect(verdictWords({ ...overhead, atLeast: true })).toBe('slower, at least');
  expect(verdictWords({ ...overhead, atLeast: true, verdict: 'inconclusive' })).toBe('inconclusive');
});

test('an interval that falls short of the level is named by its own', () => {
  expect(shortLevelWords({ ...overhead, confidence: 0.75 }, 0.95)).toBe('75 %');
  expect(shortLevelWords(overhead, 0.95)).toBeUndefined();
});

test('the rounds of a run are those that its comparisons rest on', () => {
  expect(roundsWords({ overheads: [overhead, overhead], twin: [overhead] })).toBe('8 rounds');
  expect(roundsWords({ overheads: [overhead, { ...overhead, rounds: 3 }], twin: [] })).toBe('3 to 8 rounds');
  expect(roundsWords({ overheads: [{ ...overhead, rounds: 1 }], twin: [] })).toBe('1 round');
  expect(roundsWords({ overheads: [], twin: [] })).toBe('no rounds');
});

test('a slice that broke two rules is left out once', () => {
  const head = { server: 'nginx', path: 'host/external', role: 'baseline', profile: 'latency' } as const;
  const slices = { completed: 50, invalid: 1, failed: 2, clientBound: 0 };
  const summary = {
    cases: [{ ...head, slices, requests: 9_000, values: {} }],
    leftOut: ['faults', 'littles-law'].map((rule) => ({ case: head, rule, slices: 1, example: '' })),
  };
  expect(leftOutCount(summary)).toBe(3);
});
