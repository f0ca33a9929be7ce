import { expect, test } from 'vitest';
import { loadProfiles } from '../../bench/model/profile.ts';
import type { CaseSummary, MeasuredOverhead, Overhead } from '../../bench/model/summary.ts';
import {
  changeWords,
  connectionWords,
  keepingWords,
  leftOutCount,
  questionWords,
  roundsWords,
  shortLevelWords,
  verdictWord,
  whyNoNumbers,
} from './overhead-words.ts';

const capacity: MeasuredOverhead = {
  server: 'nginx',
  profile: 'throughput',
  path: 'bridge/external/published',
  baseline: 'host/external',
  metric: 'throughput_rps',
  declared: true,
  baselineValue: 25_000,
  contenderValue: 21_000,
  ratio: 0.84,
  ratioLow: 0.82,
  ratioHigh: 0.86,
  confidence: 0.961,
  difference: -4_000,
  differenceLow: -4_500,
  differenceHigh: -3_500,
  rounds: 8,
  pValue: 0.008,
  limit: 'server',
  verdict: 'slower',
  reason: '',
};
const cpu: MeasuredOverhead = {
  ...capacity,
  profile: 'steady',
  metric: 'cpu_server_us',
  ...{ ratio: 1.12, difference: 6.1, differenceLow: 5.5, differenceHigh: 6.8 },
};

test('the absolute difference comes first, the change second', () => {
  expect(changeWords(capacity, 0.95)).toBe('−4,000 requests/s [−4,500, −3,500], −16 %');
  expect(changeWords(cpu, 0.95)).toBe('+6.1 µs [+5.5, +6.8], +12 %');
  const none = { ...cpu, ratio: 1.0004, difference: 0.02, differenceLow: -0.3, differenceHigh: 0.4 };
  expect(changeWords(none, 0.95)).toBe('0.0 µs [−0.3, +0.4], 0 %');
});

test('an interval of too few rounds is none', () => {
  expect(changeWords({ ...cpu, rounds: 3, confidence: 0.75 }, 0.95)).toBe(
    '+6.10 µs, +12 %, no 95 % interval',
  );
  expect(changeWords({ ...capacity, rounds: 1, confidence: 0 }, 0.95)).toBe(
    '−4,000 requests/s, −16 %, no 95 % interval',
  );
});

test('only a declared comparison has a word for its verdict', () => {
  const { verdict: _, ...without } = capacity;
  expect(verdictWord(capacity)).toBe('slower');
  expect(verdictWord(without)).toBe('not measured');
  expect(verdictWord({ ...without, declared: false })).toBeUndefined();
});

test('where the client was the limit, that is said in place of the numbers', () => {
  const { verdict: _, ...without } = capacity;
  const busy: CaseSummary = {
    ...{ server: 'nginx', path: capacity.path, role: 'contender', profile: 'throughput' },
    ...{
      slices: { completed: 40, invalid: 0, failed: 0 },
      rounds: 10,
      missedRounds: 0,
      requests: 9_000,
      values: {},
    },
    ...{ serverBusy: 0.79, agentBusy: 0.99, limit: 'agent' },
  };
  const baseline: CaseSummary = { ...busy, path: 'host/external', limit: 'server', serverBusy: 0.98 };
  expect(whyNoNumbers({ ...without, limit: 'agent' }, [baseline, busy])).toBe(
    "the load generator was the limit (99 %, nginx's 79 %)",
  );
  expect(whyNoNumbers({ ...without, limit: 'none' }, [{ ...busy, limit: 'none' }])).toBe(
    'no CPU was busy all the time (load generator 99 %, nginx 79 %)',
  );
  const { limit: __, ...untold } = without;
  expect(whyNoNumbers(untold, [])).toBe('nothing tells whose CPU was the limit');
  expect(whyNoNumbers(capacity, [baseline, busy])).toBeUndefined();
});

test('where nothing is left, the reason stands in place of the numbers', () => {
  const { server, profile, path, baseline, metric } = capacity;
  const lost: Overhead = {
    ...{ server, profile, path, baseline, metric },
    ...{ declared: true, verdict: 'untrusted', reason: '32 of 32 blocks do not count' },
  };
  expect(whyNoNumbers(lost, [])).toBe('32 of 32 blocks do not count');
  expect(verdictWord(lost)).toBe('untrusted');
  expect(roundsWords({ overheads: [lost], twin: [] })).toBe('no rounds');
});

test('an interval that falls short of the level is named by its own', () => {
  expect(shortLevelWords({ ...capacity, confidence: 0.75 }, 0.95)).toBe('75 %');
  expect(shortLevelWords(capacity, 0.95)).toBeUndefined();
});

test('the rounds of a run are those that its comparisons rest on', () => {
  expect(roundsWords({ overheads: [capacity, cpu], twin: [capacity] })).toBe('8 rounds');
  expect(roundsWords({ overheads: [capacity, { ...cpu, rounds: 3 }], twin: [] })).toBe('3 to 8 rounds');
  expect(roundsWords({ overheads: [{ ...capacity, rounds: 1 }], twin: [] })).toBe('1 round');
  expect(roundsWords({ overheads: [], twin: [] })).toBe('no rounds');
});

test('a slice that broke two rules is left out once', () => {
  const head = { server: 'nginx', path: 'host/external', role: 'baseline', profile: 'latency' } as const;
  const slices = { completed: 50, invalid: 1, failed: 2 };
  const summary = {
    cases: [{ ...head, slices, rounds: 8, missedRounds: 0, requests: 9_000, values: {} }],
    leftOut: ['faults', 'littles_law'].map((rule) => ({ case: head, rule, slices: 1, example: '' })),
  };
  expect(leftOutCount(summary)).toBe(3);
});

test('what is asked, and under which load', () => {
  expect(questionWords(cpu)).toBe('CPU a request');
  expect(questionWords(capacity)).toBe('capacity');
  expect(Object.values(loadProfiles).map(connectionWords)).toEqual([
    '1 connection',
    '32 connections at an equal rate',
    '32 connections',
    '64 connections, arrivals at an equal rate',
    '1 connection at a time, each for one request',
    '32 connections, downloads of 1 MiB',
  ]);
});

test('a service that was seen to end its connections keeps none for longer', () => {
  const plan = { profiles: [loadProfiles.latency] };
  const ends = { code: 'service-ends-connections', message: 'after 1,000', hint: 'none' };
  expect(keepingWords({ plan })).toBe('keep-alive');
  expect(keepingWords({ plan, surprises: [{ ...ends, code: 'service-logs-requests' }] })).toBe('keep-alive');
  expect(keepingWords({ plan, surprises: [ends] })).toBe('keep-alive until the service ends it');
  const churning = { profiles: [loadProfiles.latency, loadProfiles.churn] };
  expect(keepingWords({ plan: churning, surprises: [ends] })).toBe(
    'keep-alive until the service ends it, and a new connection for each request under churn',
  );
});
