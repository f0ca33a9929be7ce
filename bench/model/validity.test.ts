import { describe, expect, test } from 'vitest';
import type { Finding } from './evidence.ts';
import {
  type RuleFigures,
  type Slice,
  type SliceHead,
  sliceSchema,
  type ValidityRule,
  validityRules,
} from './slice.ts';
import { calm, faultless, good, latency } from './unjudged.fixture.ts';
import { judgeSlice } from './validity.ts';
import { foreignShare, rules, type Unjudged } from './validity-rules.ts';

const head: SliceHead = {
  server: 'nginx',
  path: 'bridge/external/published',
  role: 'contender',
  profile: 'throughput',
  round: 1,
  block: 2,
  position: 3,
  startedAt: '2026-11-20T09:32:21.000Z',
};

function finding(claim: string, expected: string, observed: string): Finding {
  return { claim, expected, observed, holds: false };
}

function judge(changes: Partial<Unjudged>, contradictions: readonly Finding[] = []) {
  return judgeSlice(head, { ...good, ...changes }, { contradictions });
}

/** Rule and message of every reason for which a slice does not count. */
function reasons(changes: Partial<Unjudged>, contradictions: readonly Finding[] = []) {
  const slice = judge(changes, contradictions);
  return slice.status === 'invalid' ? slice.reasons.map(({ rule, message }) => [rule, message]) : [];
}

function figuresOf(slice: Slice): RuleFigures {
  return slice.status === 'failed' ? {} : slice.figures;
}

test('a slice that breaks no rule is completed, as it was measured', () => {
  const slice = judge({});
  const figures = {
    no_responses: 16_000,
    faults: 0,
    littles_law: expect.closeTo(1, 12),
    path_evidence: 0,
    foreign_cpu: expect.closeTo(0.01, 12),
    cpu_steal: 0,
    cpu_throttled: 0,
    memory_stall: 0,
  };
  expect(slice).toEqual({ ...head, ...good, status: 'completed', figures });
  expect(sliceSchema.parse(slice)).toEqual(slice);
});

test('figures that the machine does not give break no rule, and are not 0 but absent', () => {
  const { foreignSeconds, throttledSeconds, memoryStallSeconds, ...bare } = calm;
  const slice = judge({ machine: bare });
  expect(slice.status).toBe('completed');
  expect(Object.keys(figuresOf(slice))).toEqual([
    ...['no_responses', 'faults', 'littles_law', 'path_evidence', 'cpu_steal'],
  ]);
});

test('the figure of every rule is in the slice line, whether it holds or not', () => {
  const machine = { ...calm, stealSeconds: 0.1, throttledSeconds: 0.004, memoryStallSeconds: 0.2 };
  const faults = { ...faultless, errors: 2, timeouts: 1 };
  expect(figuresOf(judge({ machine, faults }, [finding('claim', 'this', 'that')]))).toEqual({
    no_responses: 16_000,
    faults: 3,
    littles_law: expect.closeTo(1, 12),
    path_evidence: 1,
    foreign_cpu: expect.closeTo(0.01, 12),
    cpu_steal: expect.closeTo(0.1, 12),
    cpu_throttled: 0.004,
    memory_stall: 0.4,
  });
});

test('agents that share the load must have measured at the same time, for 90 % of it', () => {
  expect(judge({ windowsShared: 0.9 }).status).toBe('completed');
  expect(reasons({ windowsShared: 0.62 })).toEqual([
    ['windows_apart', "all load agents measured in 62 % of the windows' time: the limit is 90 %"],
  ]);
  expect(figuresOf(judge({ windowsShared: 0.95 }))).toMatchObject({ windows_apart: 0.95 });
});

describe('paced load', () => {
  const paced = { offeredPerSecond: 10_000, sentPerSecond: 9_950, sendLagP50Us: 500, sendLagP99Us: 900 };

  test('is not held to the law of a closed loop, but to its rate', () => {
    const slice = judge({ pacing: paced, latency: latency(0.0001) });
    expect(slice.status).toBe('completed');
    expect(figuresOf(slice)).toMatchObject({ offered_rate: 0.995 });
    expect(figuresOf(slice)).not.toHaveProperty('littles_law');
    expect(sliceSchema.parse(slice)).toEqual(slice);
  });

  test('that fell behind in one slice counts: its round is judged', () => {
    const slice = judge({ pacing: { ...paced, sentPerSecond: 9_800 } });
    expect(slice.status).toBe('completed');
    expect(figuresOf(slice)).toMatchObject({ offered_rate: 0.98 });
  });
});

describe('other processes', () => {
  test('may use a tenth of the machine, all CPUs together', () => {
    // 0.1 s of 2 CPUs in 0.5 s.
    expect(judge({ machine: { ...calm, foreignSeconds: 0.1 } }).status).toBe('completed');
    expect(reasons({ machine: { ...calm, foreignSeconds: 0.11 } })).toEqual([
      ['foreign_cpu', "other processes used 11 % of the machine's CPU time: the limit is 10 %"],
    ]);
    expect(judge({ machine: { ...calm, cpus: 4, foreignSeconds: 0.11 } }).status).toBe('completed');
  });

  test('their share of several stretches is that of all, and unread where one of them is', () => {
    const stretches = [
      { wallSeconds: 1, cpus: 2, foreignSeconds: 0.1 },
      { wallSeconds: 3, cpus: 2, foreignSeconds: 0.7 },
    ];
    expect(foreignShare(stretches)).toBeCloseTo(0.1, 12);
    expect(foreignShare([...stretches, { wallSeconds: 1, cpus: 2 }])).toBeUndefined();
    expect(foreignShare([])).toBeUndefined();
  });
});

test('each rule says whether it leaves out the block for all cases or the round of its own', () => {
  const of = (leavesOut: string) => validityRules.filter((rule) => rules[rule].leavesOut === leavesOut);
  expect(of('round')).toEqual(['no_responses', 'faults', 'littles_law', 'path_evidence', 'offered_rate']);
  expect(of('block')).toEqual(['foreign_cpu', 'cpu_steal', 'cpu_throttled', 'memory_stall', 'windows_apart']);
});

test.each<[string, Partial<Unjudged>, ValidityRule, string]>([
  ['errors', { faults: { ...faultless, errors: 2 } }, 'faults', '2 connection errors: the limit is 0'],
  [
    'several faults',
    { faults: { ...faultless, non2xx: 7, lostOnReconnect: 1 } },
    'faults',
    '7 responses of an unexpected status, 1 requests lost when their connection closed: the limit is 0',
  ],
  [
    'latencies of other requests',
    { latency: latency(0.0045) },
    'littles_law',
    'throughput × mean latency is 5.625 of the 32 connections, outside 0.90–1.02: ' +
      'latencies and counts of this slice are inconsistent',
  ],
  [
    'connections that idle',
    { latency: latency(0.0007) },
    'littles_law',
    'throughput × mean latency is 0.875 of the 32 connections, outside 0.90–1.02: ' +
      'connections were idle under load',
  ],
  [
    'connections that idle, at a slow server',
    { requests: 224, latency: latency(0.05), pendingSeconds: 0 },
    'littles_law',
    'throughput × mean latency is 0.875 of the 32 connections, outside 0.90–1.02: ' +
      'connections were idle under load',
  ],
  [
    'steal',
    { machine: { ...calm, stealSeconds: 0.03 } },
    'cpu_steal',
    'the hypervisor took 3.2 % of the CPU time that was wanted: the limit is 2 %',
  ],
  [
    'throttling',
    { machine: { ...calm, throttledSeconds: 0.004 } },
    'cpu_throttled',
    'a cgroup was throttled for 4.00 ms: the limit is 0',
  ],
  [
    'memory pressure',
    { machine: { ...calm, memoryStallSeconds: 0.2 } },
    'memory_stall',
    'tasks waited 200 ms for memory: the limit is 5.00 ms',
  ],
])('%s: invalid, with figure and limit', (_, changes, rule, message) => {
  expect(reasons(changes)).toEqual([[rule, message]]);
});

test('each contradiction of the evidence names both sides', () => {
  const contradictions = [
    finding("the published port's DNAT rule counts the connections made", '32', '0'),
    finding('docker-proxy uses no CPU time while requests flow', 'at most 0.01 s', '0.31 s'),
  ];
  expect(reasons({}, contradictions)).toEqual([
    ['path_evidence', "the published port's DNAT rule counts the connections made: expected 32, saw 0"],
    [
      'path_evidence',
      'docker-proxy uses no CPU time while requests flow: expected at most 0.01 s, saw 0.31 s',
    ],
  ]);
});

test('a slice without a response is invalid for that, not for its latencies', () => {
  const { latency: none, ...silent } = good;
  const slice = judgeSlice(head, { ...silent, requests: 0, bytes: 0 }, { contradictions: [] });
  expect(slice).toMatchObject({
    status: 'invalid',
    reasons: [{ rule: 'no_responses', message: 'no response arrived in 400 ms' }],
  });
  expect(sliceSchema.parse(slice)).toEqual(slice);
});

test('all the rules that are broken are told, and the data is kept', () => {
  const slice = judge(
    {
      faults: { ...faultless, timeouts: 1 },
      latency: latency(0.01),
      machine: { ...calm, stealSeconds: 0.1, throttledSeconds: 0.1, memoryStallSeconds: 0.1 },
    },
    [finding('claim', 'this', 'that')],
  );
  expect(slice).toMatchObject({ status: 'invalid', requests: 16_000, bytes: 16_000 * 1200 });
  expect(slice.status === 'invalid' && slice.reasons.map(({ rule }) => rule)).toEqual([
    'faults',
    'littles_law',
    'path_evidence',
    'cpu_steal',
    'cpu_throttled',
    'memory_stall',
  ]);
  expect(sliceSchema.parse(slice)).toEqual(slice);
});

test('a stall that ends just after the window has opened is no error of counting', () => {
  // All 32 connections had waited for 16 ms when the window opened: 4 % more latency than fits into it.
  const stalled = { latency: latency(0.0008 * 1.04) };
  expect(judge(stalled).status).toBe('invalid');
  expect(judge({ ...stalled, edgeSeconds: 32 * 0.016 }).status).toBe('completed');
});

test('nor is a stall that the window closes on', () => {
  // All 32 connections wait for their answer during the last 48 of 400 ms: these requests are not counted.
  const stalled = { requests: Math.round(16_000 * 0.88) };
  expect(judge(stalled).status).toBe('invalid');
  expect(judge({ ...stalled, pendingSeconds: 32 * 0.048 }).status).toBe('completed');
});

test('one tick of steal may be an event of any length: it breaks no rule', () => {
  const idle = { ...calm, busySeconds: 0.2, stealSeconds: 12.35 - 12.34 };
  expect(judge({ machine: idle }).status).toBe('completed');
});

test('two ticks of steal in a busy second are below the limit, and in a fifth of it above', () => {
  const busy = (busySeconds: number) => ({ ...calm, busySeconds, stealSeconds: 0.02 });
  expect(judge({ machine: busy(1) }).status).toBe('completed');
  expect(judge({ machine: busy(0.2) }).status).toBe('invalid');
});
