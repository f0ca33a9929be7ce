import { expect, test } from 'vitest';
import type { CaseSummary, MeasuredOverhead, Overhead } from '../../bench/model/summary.ts';
import { figureWords, findingsWords, findingWords, type Saying } from './finding-words.ts';

/** A decision maker reads these sentences: they are fixed word for word. */

const head = {
  server: 'nginx',
  path: 'bridge/external/published',
  baseline: 'host/external',
  declared: true,
} as const;
const numbers = { confidence: 0.951, rounds: 10, pValue: 0.002 } as const;

const capacity: MeasuredOverhead = {
  ...head,
  ...numbers,
  profile: 'throughput',
  metric: 'throughput_rps',
  baselineValue: 25_000,
  contenderValue: 23_750,
  ratio: 0.95,
  ratioLow: 0.94,
  ratioHigh: 0.984,
  difference: -1_250,
  differenceLow: -1_500,
  differenceHigh: -400,
  limit: 'server',
};
const latency: MeasuredOverhead = {
  ...head,
  ...numbers,
  profile: 'latency',
  metric: 'latency_p50_us',
  baselineValue: 50,
  contenderValue: 56.1,
  ratio: 1.122,
  ratioLow: 1.11,
  ratioHigh: 1.136,
  difference: 6.1,
  differenceLow: 5.5,
  differenceHigh: 6.8,
  limit: 'none',
};
const cpu: MeasuredOverhead = {
  ...head,
  ...numbers,
  profile: 'steady',
  metric: 'cpu_server_us',
  baselineValue: 27.2,
  contenderValue: 33.2,
  ratio: 1.22,
  ratioLow: 1.206,
  ratioHigh: 1.25,
  difference: 6,
  differenceLow: 5.6,
  differenceHigh: 6.8,
  limit: 'none',
};

function said(overhead: Overhead, more: Partial<Saying> = {}): string {
  return findingWords({ overhead, cases: [], ...more });
}

test('shown, and its size as well', () => {
  expect(said({ ...latency, verdict: 'slower' })).toBe(
    "adds 6.1 µs [5.5, 6.8] to nginx's median latency (+12.2 % [+11.0, +13.6]).",
  );
  expect(said({ ...cpu, verdict: 'slower' })).toBe(
    'costs nginx 6.0 µs [5.6, 6.8] more CPU a request (+22 % [+21, +25]).',
  );
  expect(said({ ...capacity, ratioHigh: 0.96, verdict: 'slower' })).toBe(
    'costs nginx 5.0 % of its capacity [4.0, 6.0].',
  );
});

test('shown, the other way', () => {
  const less = { ratio: 0.9, ratioLow: 0.88, ratioHigh: 0.92, verdict: 'faster' } as const;
  expect(said({ ...latency, ...less, difference: -5, differenceLow: -6.2, differenceHigh: -4.1 })).toBe(
    "takes 5.0 µs [4.1, 6.2] off nginx's median latency (−10 % [−12, −8]).",
  );
  expect(said({ ...cpu, ...less, difference: -2.7, differenceLow: -3.3, differenceHigh: -2.2 })).toBe(
    'saves nginx 2.7 µs [2.2, 3.3] of CPU a request (−10 % [−12, −8]).',
  );
  const more = { ratio: 1.1, ratioLow: 1.08, ratioHigh: 1.13, verdict: 'faster' } as const;
  expect(said({ ...capacity, ...more })).toBe('gives nginx 10 % more capacity [8, 13].');
});

test('shown, its size open', () => {
  expect(said({ ...capacity, server: 'apache', verdict: 'slower' })).toBe(
    'costs Apache about 5 % of its capacity [2, 6]. That some is lost is shown; that it is more than 2 % is not.',
  );
  expect(said({ ...latency, ratioLow: 1.01, differenceLow: 0.5, verdict: 'slower' })).toBe(
    "adds about 6 µs [1, 7] to nginx's median latency (+12 % [+1, +14]). " +
      'That some is added is shown; that it is more than 2 % is not.',
  );
});

test('the client was the limit: no capacity, and what it says about CPU instead', () => {
  const { limit: _, ...untold } = capacity;
  const cases = [busy('host/external', 0.97, 0.96), busy('bridge/external/published', 0.79, 0.99)];
  expect(`${said({ ...capacity, limit: 'agent' }, { cases: cases.slice(1) })} ${figureWords(cpu)}`).toBe(
    "nginx's capacity was not measured: the load generator was the limit (99 % of its CPU, nginx's 79 %). " +
      "nginx's CPU: +6.0 µs a request [5.6, 6.8], +22 %.",
  );
  expect(said({ ...capacity, limit: 'none' })).toBe(
    "nginx's capacity was not measured: no CPU was busy all the time.",
  );
  expect(said(untold)).toBe("nginx's capacity was not measured: nothing tells whose CPU was the limit.");
});

test('the shares are those of the side that the client limited', () => {
  const cases = [
    { ...busy('host/external', 0.98, 0.7), limit: 'server' as const },
    busy('bridge/external/published', 0.79, 0.99),
  ];
  expect(said({ ...capacity, limit: 'agent' }, { cases })).toContain("(99 % of its CPU, nginx's 79 %)");
});

test('open', () => {
  const open = { ...capacity, ratioLow: 0.9204, ratioHigh: 1.0096, rounds: 6, verdict: 'open' } as const;
  expect(said(open)).toBe("nginx's capacity: between 8 % less and 1 % more; about 30 rounds would tell 2 %.");
  expect(said({ ...open, rounds: 200 })).toBe(
    "nginx's capacity: between 8 % less and 1 % more; more than 400 rounds would be needed to tell 2 %.",
  );
});

test('open, though the interval by itself excludes no difference', () => {
  const open = { ...latency, verdict: 'open' } as const;
  expect(said({ ...open, rounds: 8 }, { roundsNeeded: 9 })).toBe(
    "nginx's median latency: between 11 % and 14 % more, but 8 rounds cannot show it in this run; it takes at least 9.",
  );
  expect(said({ ...open, rounds: 1 }, { roundsNeeded: 9, reachesLevel: false })).toBe(
    "nginx's median latency: 1 round cannot tell; it takes at least 9.",
  );
  expect(said(open, { roundsNeeded: 9 })).toBe(
    "nginx's median latency: between 11 % and 14 % more, but among the main results of this run that may be chance; " +
      'more rounds would tell.',
  );
});

test('equivalent', () => {
  const same = {
    ...capacity,
    ratio: 0.999,
    ratioLow: 0.987,
    ratioHigh: 1.011,
    verdict: 'equivalent',
  } as const;
  expect(said(same)).toBe("nginx's capacity differs by less than 2 % [−1.3, +1.1].");
  const equivalence = { low: 0.984, high: 1.009, confidence: 0.9 };
  expect(said({ ...same, ratioLow: 0.978 }, { equivalence })).toBe(
    "nginx's capacity differs by less than 2 % [−1.6, +0.9] (90 % interval).",
  );
});

test('untrusted, by its twin and by other processes', () => {
  const untrusted = { ...latency, verdict: 'untrusted', reason: 'in full' } as const;
  expect(said(untrusted, { distrust: 'two identical servers differed by 5 % [2, 8] in this run' })).toBe(
    "nginx's median latency: do not use: two identical servers differed by 5 % [2, 8] in this run.",
  );
  expect(said(untrusted, { distrust: 'other processes took 31 % of this machine (chrome, 22 %)' })).toBe(
    "nginx's median latency: do not use: other processes took 31 % of this machine (chrome, 22 %).",
  );
  const { profile, metric } = latency;
  const nothing = {
    ...head,
    profile,
    metric,
    verdict: 'untrusted',
    reason: '8 of 8 blocks do not count',
  } as const;
  expect(said(nothing)).toBe("nginx's median latency: do not use: 8 of 8 blocks do not count.");
});

test('one reason is said once for all that it spoils', () => {
  const distrust = 'two identical servers differed by 5 % [2, 8] in this run';
  const sayings = [latency, cpu, capacity].map(
    (overhead): Saying => ({ overhead: { ...overhead, verdict: 'untrusted' }, distrust, cases: [] }),
  );
  expect(findingsWords(sayings)).toEqual([
    `nginx's median latency, CPU a request and capacity: do not use: ${distrust}.`,
  ]);
});

function busy(path: string, serverBusy: number, agentBusy: number): CaseSummary {
  return {
    ...{ server: 'nginx', path, role: 'contender', profile: 'throughput' },
    ...{
      slices: { completed: 40, invalid: 0, failed: 0 },
      rounds: 10,
      missedRounds: 0,
      requests: 400_000,
      values: {},
    },
    ...{ serverBusy, agentBusy, limit: 'agent' },
  };
}
