import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import type { GateLimit } from '../../bench/model/gate.ts';
import { recordOf } from '../across/recorded-runs.fixture.ts';
import { bridgePath } from '../synthetic-run.fixture.ts';
import { assertedOn } from './asserted.fixture.ts';
import { checkOf } from './check.ts';
import { confirmed, isToConfirm, unconfirmed } from './confirm.ts';
import { knownRun } from './judging.ts';

const small = { servers: ['nginx'], profiles: ['latency'] } as const;
const slow = { ...small, effects: { [bridgePath]: { latency: 1.5 } } };

function judged(limit: GateLimit, level: 'error' | 'warn' = 'error') {
  const { asserted, judging } = assertedOn(recordOf(20, slow), limit, {
    level,
    earlier: [recordOf(1, small)],
  });
  return { judging, one: { asserted, check: checkOf(asserted, judging) } };
}

test('only a failure that fails the gate is worth a second measurement', () => {
  expect(isToConfirm(judged({ kind: 'maxOverhead', value: 0.2 }).one)).toBe(true);
  expect(isToConfirm(judged({ kind: 'maxOverhead', value: 0.2 }, 'warn').one)).toBe(false);
  expect(isToConfirm(judged({ kind: 'maxOverhead', value: 0.9 }).one)).toBe(false);
});

test.each([
  { kind: 'maxOverhead', value: 0.3 },
  { kind: 'maxRegression', value: 0.1 },
] as const)('%j: what both runs find stays failed, with both intervals', (limit) => {
  const { judging, one } = judged(limit);
  const again = knownRun(recordOf(21, slow));
  const check = confirmed(one, judging, again);
  expect(check).toMatchObject({
    outcome: 'failed',
    overhead: one.check.overhead,
    confirmation: { runId: again.run.runId, outcome: 'failed', overhead: { rounds: 10 } },
  });
  expect(check.sentence).toMatch(/ Measured again in run \S+, it failed too: overhead \+\d/);
  expect(check.confirmation?.overhead).not.toEqual(check.overhead);
});

test('what only the first run finds is open', () => {
  const { judging, one } = judged({ kind: 'maxOverhead', value: 0.3 });
  const check = confirmed(one, judging, knownRun(recordOf(21, small)));
  expect(check).toMatchObject({ outcome: 'open', confirmation: { outcome: 'passed' } });
  expect(check.sentence).toContain('it is passed: overhead +19');
});

test('a second run that cannot tell confirms nothing', () => {
  const { judging, one } = judged({ kind: 'maxOverhead', value: 0.3 });
  const check = confirmed(one, judging, knownRun(recordOf(21, { ...slow, foreign: { share: 0.3 } })));
  expect(check).toMatchObject({ outcome: 'open', confirmation: { outcome: 'untrusted' } });
});

test('what could not be measured again stays as the run found it, and says why', () => {
  const { one } = judged({ kind: 'maxOverhead', value: 0.3 });
  expect(unconfirmed(one, new Failure('unfit', 'no engine answers'))).toEqual({
    ...one.check,
    outcome: 'failed',
    sentence: `${one.check.sentence}. It is not confirmed: no engine answers`,
  });
});
