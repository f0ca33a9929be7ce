import { expect, test } from 'vitest';
import type { MeasuredOverhead, Overhead, Summary } from '../../bench/model/summary.ts';
import { findingOf, type Subject } from './subject.ts';

const subject: Subject = {
  server: 'nginx',
  profile: 'latency',
  path: 'bridge/external/published',
  baseline: 'host/external',
  metric: 'latency_p50_us',
};

const measured: MeasuredOverhead = {
  ...subject,
  declared: true,
  verdict: 'slower',
  baselineValue: 50,
  contenderValue: 60,
  ratio: 1.2,
  ratioLow: 1.15,
  ratioHigh: 1.25,
  confidence: 0.95,
  difference: 10,
  differenceLow: 7.5,
  differenceHigh: 12.5,
  rounds: 10,
  pValue: 0.002,
};

const none = { notShown: [] as Summary['notShown'] };
const of = (...overheads: readonly Overhead[]) => ({ ...none, overheads: [...overheads] });

test('a comparison with a figure is measured, declared or not', () => {
  expect(findingOf(subject, of(measured))).toEqual({ kind: 'measured', overhead: measured });
  const { verdict: _, ...undeclared } = { ...measured, declared: false };
  expect(findingOf(subject, of(undeclared)).kind).toBe('measured');
});

test('what makes the declared metric untrusted makes the other metrics of that path untrusted', () => {
  const reason = 'other processes took 30 % of this machine';
  const declared = { ...measured, verdict: 'untrusted', reason } as const;
  const { verdict: _, ...cpu } = { ...measured, metric: 'cpu_server_us', declared: false } as const;
  const summary = of(declared, cpu);
  expect(findingOf(subject, summary)).toEqual({ kind: 'untrusted', reason, overhead: declared });
  expect(findingOf({ ...subject, metric: 'cpu_server_us' }, summary)).toMatchObject({
    kind: 'untrusted',
    reason,
  });
  const elsewhere = { ...cpu, path: 'mapped/external/published' };
  expect(
    findingOf({ ...subject, metric: 'cpu_server_us', path: elsewhere.path }, of(declared, elsewhere)).kind,
  ).toBe('measured');
});

test('a declared comparison without a verdict was not measured', () => {
  const { verdict: _, ...unjudged } = measured;
  const reason = 'not measured: the load generator was the limit';
  expect(findingOf(subject, of({ ...unjudged, reason }))).toMatchObject({ kind: 'unmeasured', reason });
});

test('a metric that the run does not show has its reason', () => {
  const why = '875 of 1,000 responses in round 7';
  const { server, profile, path } = subject;
  const notShown = [
    { case: { server, profile, path, role: 'contender' as const }, metric: 'p90 latency', why },
  ];
  const p90 = { ...subject, metric: 'latency_p90_us' } as const;
  expect(findingOf(p90, { overheads: [], notShown })).toEqual({ kind: 'unmeasured', reason: why });
  expect(findingOf(subject, { overheads: [], notShown })).toEqual({
    kind: 'unmeasured',
    reason: 'the run has no figure of it',
  });
});
