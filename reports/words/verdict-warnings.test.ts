import { expect, test } from 'vitest';
import type { Overhead, Summary } from '../../bench/model/summary.ts';
import { verdictWarnings } from './verdict-warnings.ts';

const untrusted = (path: string, reason: string): Overhead => ({
  ...{ server: 'nginx', profile: 'latency', path, baseline: 'host/external', metric: 'latency_p50_us' },
  ...{ declared: true, verdict: 'untrusted', reason },
});
const told = (overheads: readonly Overhead[], warnings: Summary['warnings'] = []) =>
  verdictWarnings({ overheads: [...overheads], warnings });

test('one line a rule, whatever the figures and paths', () => {
  expect(
    told([
      untrusted('bridge/external/published', '3 of 10 blocks do not count, more than 20 %'),
      untrusted('mapped/external/published', '4 of 10 blocks do not count, more than 20 %'),
      untrusted(
        'macvlan/external/container',
        'the noise check failed: a second copy of host/external differs from it by 6 % [4, 8]',
      ),
    ]),
  ).toEqual([
    'Do not use 2 of 3 main results: for example, 3 of 10 blocks do not count, more than 20 %.',
    'Do not use 1 of 3 main results: the noise check failed: a second copy of host/external differs from it by 6 % [4, 8].',
  ]);
});

test('too few rounds are told with what to do, and without the list of whom they meet', () => {
  const hint = 'Repeat with --rounds 11 or more.';
  const warnings = [
    {
      code: 'too-few-rounds',
      message: 'Too few rounds to show any difference at 95 %: nginx, 7 rounds, 9 are needed.',
      hint,
    },
    { code: 'unsteady-start', message: 'Slices begin otherwise than they continue.', hint: 'Compare.' },
  ];
  expect(told([], warnings)).toEqual([`Too few rounds to show any difference at 95 %. ${hint}`]);
});

test('a run whose results can be used has none', () => {
  expect(told([])).toEqual([]);
});
