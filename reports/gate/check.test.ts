import { expect, test } from 'vitest';
import type { GateLimit } from '../../bench/model/gate.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { recordOf } from '../across/recorded-runs.fixture.ts';
import { bridgePath, mappedPath } from '../synthetic-run.fixture.ts';
import { assertedOn, type Given, place } from './asserted.fixture.ts';
import { assertedOf, checkOf } from './check.ts';

const small = { servers: ['nginx'], profiles: ['latency'] } as const;
const slowedBy = (factor: number) => ({ ...small, effects: { [bridgePath]: { latency: 1.19 * factor } } });
/** The check of one limit on the bridge of nginx. */
function checked(record: RunRecord, limit: GateLimit, given: Given = {}) {
  const { asserted, judging } = assertedOn(record, limit, given);
  return checkOf(asserted, judging);
}

const maxOverhead = (value: number) => ({ kind: 'maxOverhead', value }) as const;
const maxRegression = (value: number) => ({ kind: 'maxRegression', value }) as const;

const tonight = recordOf(20, small);
const calm = [recordOf(1, small), recordOf(2, small), recordOf(3, small), recordOf(4, small)];

test('what is off is not checked, and each limit of an entry is a check for each comparison', () => {
  const entry = { metric: 'latency_p50_us', path: '*', place } as const;
  const limits = [maxOverhead(0.5), maxRegression(0.1)];
  const asserted = assertedOf(
    {
      assertions: [
        { ...entry, limits, level: 'warn' },
        { ...entry, limits, level: 'off' },
      ],
      accepted: [],
    },
    tonight,
  );
  expect(asserted.map(({ limit, subject }) => `${limit.kind} ${subject.path}`)).toEqual([
    `maxOverhead ${bridgePath}`,
    `maxOverhead ${mappedPath}`,
    `maxRegression ${bridgePath}`,
    `maxRegression ${mappedPath}`,
  ]);
});

test.each([
  [maxOverhead(0.3), 'passed'],
  [maxOverhead(0.18), 'open'],
  [maxOverhead(0.1), 'failed'],
  [{ kind: 'maxOverheadUs', value: 40 }, 'passed'],
  [{ kind: 'maxOverheadUs', value: 5 }, 'failed'],
  [{ kind: 'minRounds', value: 10 }, 'passed'],
  [{ kind: 'minRounds', value: 11 }, 'failed'],
  [{ kind: 'noUntrusted' }, 'passed'],
] as const)('an overhead of 19 %% in 10 rounds against %j is %s', (limit, outcome) => {
  const check = checked(tonight, limit);
  expect(check.outcome, check.sentence).toBe(outcome);
  expect(check).toMatchObject({ kind: limit.kind, level: 'error', place, overhead: { rounds: 10 } });
});

test('a sentence has metric, path, the interval and the limit', () => {
  expect(checked(tonight, maxOverhead(0.1)).sentence).toMatch(
    /^latency_p50_us bridge\/external\/published \(nginx, latency\): overhead \+[\d.]+ % \[\+[\d.]+, \+[\d.]+\], limit \+10 %$/,
  );
  expect(checked(tonight, maxOverhead(0.18)).sentence).toMatch(/; the interval includes the limit$/);
});

test('a run under foreign load is untrusted and no regression, however slow it is', () => {
  const disturbed = recordOf(20, { ...slowedBy(1.5), foreign: { share: 0.3, processes: ['chrome'] } });
  for (const limit of [maxOverhead(0.1), maxRegression(0.1), { kind: 'minRounds', value: 5 } as const]) {
    const check = checked(disturbed, limit, { earlier: calm });
    expect(check.outcome).toBe('untrusted');
    expect(check.sentence).toContain('other processes took');
  }
  expect(checked(disturbed, maxOverhead(0.1), { metric: 'latency_p90_us' }).outcome).toBe('untrusted');
  expect(checked(disturbed, { kind: 'noUntrusted' }).outcome).toBe('failed');
});

test('a capacity that the load generator limited is open, with the reason', () => {
  const limited = recordOf(20, { servers: ['nginx'], profiles: ['throughput'], agentIsLimit: true });
  const check = checked(limited, maxOverhead(0.1), { metric: 'throughput_rps' });
  expect(check).toMatchObject({
    outcome: 'open',
    sentence: expect.stringContaining('not measured: the load generator was the limit'),
  });
});

test('a loss of capacity beyond the limit fails', () => {
  const run = recordOf(20, { servers: ['nginx'], profiles: ['throughput'] });
  const check = checked(run, maxOverhead(0.1), { metric: 'throughput_rps' });
  expect(check.outcome).toBe('failed');
  expect(check.sentence).toMatch(/overhead −[\d.]+ % \[−[\d.]+, −[\d.]+\], limit −10 %$/);
  expect(checked(run, maxOverhead(0.3), { metric: 'throughput_rps' }).outcome).toBe('passed');
});

test('too few rounds for an interval are open', () => {
  const check = checked(recordOf(20, { ...small, rounds: 5 }), maxOverhead(0.01));
  expect(check).toMatchObject({
    outcome: 'open',
    sentence: expect.stringContaining('no 95 % interval from 5 rounds'),
  });
});

test('without an earlier run, or with none under the same load, a regression is open', () => {
  const alone = checked(tonight, maxRegression(0.1));
  expect(alone).toMatchObject({
    outcome: 'open',
    sentence: expect.stringContaining('there is no earlier run'),
  });
  const other = recordOf(1, { ...small, plan: { bodyBytes: 64_000 } });
  expect(checked(tonight, maxRegression(0.1), { earlier: [other] })).toMatchObject({
    outcome: 'open',
    sentence: expect.stringContaining('no earlier run has a trusted figure of it under the same load'),
  });
});

test('a run like those before it has no regression', () => {
  const one = checked(tonight, maxRegression(0.15), { earlier: calm.slice(0, 1) });
  expect(one).toMatchObject({ outcome: 'passed', reference: { runs: [calm[0]?.run.runId] } });
  const all = checked(tonight, maxRegression(0.15), { earlier: calm });
  expect(all).toMatchObject({ outcome: 'passed', reference: { runs: calm.map(({ run }) => run.runId) } });
});

test('a slowed path fails, and the sentence names metric, path, and both intervals', () => {
  const slow = recordOf(20, slowedBy(1.3));
  const check = checked(slow, maxRegression(0.05), { earlier: calm });
  expect(check.outcome).toBe('failed');
  expect(check.sentence).toMatch(
    /^latency_p50_us bridge\/external\/published \(nginx, latency\): overhead \+[\d.]+ % \[\+[\d.]+, \+[\d.]+\] against \+[\d.]+ % \[\+[\d.]+, \+[\d.]+\] in 4 earlier runs, the newest \S+: changed by \+[\d.]+ % \[\+[\d.]+, \+[\d.]+\], limit \+5 %$/,
  );
  expect(check.figure?.low).toBeGreaterThan(0.05);
  expect(checked(slow, maxRegression(0.05), { earlier: calm, path: mappedPath }).outcome).not.toBe('failed');
});

test('a regression stays one on later nights: what regressed is no reference', () => {
  const nights = [5, 6, 7, 8, 9, 10].map((night) => recordOf(night, slowedBy(1.3)));
  const last = recordOf(20, slowedBy(1.3));
  const check = checked(last, maxRegression(0.05), { earlier: [...calm, ...nights] });
  expect(check).toMatchObject({ outcome: 'failed', reference: { runs: calm.map(({ run }) => run.runId) } });
});

test('an accepted step moves the reference: its run passes, and later runs are compared with it', () => {
  const nights = [5, 7, 8].map((night) => recordOf(night, slowedBy(1.3)));
  const [first, ...later] = nights;
  if (first === undefined) throw new Error('there are nights');
  const accepted = [
    {
      metric: 'latency_p50_us',
      path: 'bridge/*',
      from: first.run.runId,
      reason: 'the new engine',
      by: 'Anna',
      place,
    } as const,
  ];
  const step = { from: first.run.runId, reason: 'the new engine', by: 'Anna' };
  const ofFirst = checked(first, maxRegression(0.1), { earlier: calm, accepted });
  expect(ofFirst).toMatchObject({ outcome: 'passed', accepted: step });
  expect(ofFirst.sentence).toMatch(/, accepted by Anna: the new engine$/);
  const last = recordOf(20, slowedBy(1.3));
  const ofLast = checked(last, maxRegression(0.15), { earlier: [...calm, ...nights], accepted });
  expect(ofLast).toMatchObject({
    outcome: 'passed',
    accepted: step,
    reference: { runs: nights.map(({ run }) => run.runId) },
  });
  // The step is accepted, and no further one.
  const further = checked(recordOf(21, slowedBy(1.8)), maxRegression(0.1), { earlier: nights, accepted });
  expect(further.outcome).toBe('failed');
  // Nights before it are judged as they were, and so are other paths.
  expect(checked(first, maxRegression(0.05), { earlier: calm }).outcome).toBe('failed');
  // Without its run, nothing says what is accepted.
  expect(() => checked(later[0] ?? first, maxRegression(0.1), { earlier: calm, accepted })).toThrow(
    `${place}: the accepted run ${first.run.runId} is not among the earlier runs`,
  );
});

test('a step whose run did not measure the comparison under the same load does not count for it', () => {
  const other = recordOf(5, { ...slowedBy(1.3), plan: { bodyBytes: 64_000 } });
  const accepted = [
    { metric: 'latency_p50_us', path: '*', from: other.run.runId, reason: 'new', by: 'Anna', place } as const,
  ];
  const last = recordOf(20, slowedBy(1.3));
  const check = checked(last, maxRegression(0.05), { earlier: [...calm, other], accepted });
  expect(check).toMatchObject({ outcome: 'failed', reference: { runs: calm.map(({ run }) => run.runId) } });
});

test('the newest 60 runs that count are the reference, and others take no place among them', () => {
  const named = ({ run, ...record }: RunRecord, night: number): RunRecord => ({
    ...record,
    run: { ...run, runId: `20261101T${String(night).padStart(6, '0')}Z-run1` },
  });
  const good = Array.from({ length: 64 }, (_, night) => named(calm[night % 4] ?? tonight, night));
  const slow = recordOf(5, slowedBy(1.3));
  const other = recordOf(6, { ...small, plan: { bodyBytes: 64_000 } });
  const useless = Array.from({ length: 70 }, (_, night) =>
    named(night % 2 === 0 ? slow : other, 100 + night),
  );
  const check = checked(tonight, maxRegression(0.15), { earlier: [...good, ...useless] });
  expect(check).toMatchObject({
    outcome: 'passed',
    reference: { runs: good.slice(-60).map(({ run }) => run.runId) },
  });
});

test('a night in a new environment is compared with those before it; as soon as it has its own, with these', () => {
  const moved = (night: number, factor = 1) =>
    recordOf(night, { ...slowedBy(factor), environment: { kernel: '9.9.9' } });
  const first = checked(moved(20), maxRegression(0.15), { earlier: calm });
  expect(first).toMatchObject({ outcome: 'passed', reference: { runs: calm.map(({ run }) => run.runId) } });
  const third = checked(moved(22), maxRegression(0.15), { earlier: [...calm, moved(20), moved(21)] });
  expect(third.reference?.runs).toEqual([moved(20), moved(21)].map(({ run }) => run.runId));
  const slower = checked(moved(22, 1.3), maxRegression(0.05), {
    earlier: [...calm, moved(20, 1.3), moved(21, 1.3)],
  });
  expect(slower).toMatchObject({ outcome: 'failed', reference: { runs: calm.map(({ run }) => run.runId) } });
});
