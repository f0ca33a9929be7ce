import { expect, test } from 'vitest';
import { outputTo } from '../../outside.ts';
import { progressLine } from './progress-line.ts';

test('the rate that a run found for its open load is told, and the time that is left follows from it', () => {
  const written: string[] = [];
  const output = outputTo((text) => written.push(text), { isTerminal: false, columns: 80, color: false });
  const clock = { now: () => new Date(0), monotonicSeconds: () => 0 };
  const tell = progressLine(output, clock, { totalSeconds: 80, rounds: 10 });
  tell({ kind: 'deploying', round: 1, rounds: 10 });
  tell({ kind: 'paced-rates', rates: new Map([['app', 250]]), totalSeconds: 1_500, warnings: [] });
  tell({ kind: 'deploying', round: 2, rounds: 10 });
  expect(written).toEqual([
    'round 1 of 10, about 1 min 20 s left\n',
    'paced profile: 250 requests/s to app: about 25 min in all\n',
    'round 2 of 10, about 25 min left\n',
  ]);
});

test('a rate at which the quantile will have too few responses is told as soon as it is known', () => {
  const written: string[] = [];
  const output = outputTo((text) => written.push(text), { isTerminal: false, columns: 80, color: false });
  const clock = { now: () => new Date(0), monotonicSeconds: () => 0 };
  const tell = progressLine(output, clock, { totalSeconds: 80, rounds: 10 });
  const warnings = [{ code: 'rare-requests', message: 'too few', hint: 'Give more.' }];
  tell({ kind: 'paced-rates', rates: new Map([['app', 30]]), totalSeconds: 1_500, warnings });
  expect(written.slice(1)).toEqual(['warning: too few\n  Give more.\n']);
});

test('a terminal shows which connections a sweep loads', () => {
  const written: string[] = [];
  const output = outputTo((text) => written.push(text), { isTerminal: true, columns: 80, color: false });
  const clock = { now: () => new Date(0), monotonicSeconds: () => 10 };
  const tell = progressLine(output, clock, { totalSeconds: 80, rounds: 10 });
  tell({ kind: 'sweep', round: 2, rounds: 10, connections: 1 });
  tell({ kind: 'sweep', round: 2, rounds: 10, connections: 16 });
  expect(written.join('')).toMatch(
    /round 2\/10 {2}sweep: 1 connection on each path .*sweep: 16 connections on each path/s,
  );
});
