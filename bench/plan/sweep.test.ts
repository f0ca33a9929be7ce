import { expect, test } from 'vitest';
import { sweptRounds } from '../model/sweep.ts';
import type { Warning } from '../model/warning.ts';
import { schedule } from '../schedule/schedule.ts';
import { planCommand } from './plan-command.ts';
import { planDuration } from './plan-duration.ts';
import { failure, plan } from './planned.fixture.ts';

const swept = { sweep: true, rounds: '10' };

test('a sweep goes up to 256 connections, or to as many as are asked for', () => {
  expect(plan({ flags: { rounds: '10' } }).sweep).toBeUndefined();
  expect(plan({ flags: swept }).sweep).toEqual({ mostConnections: 256 });
  expect(plan({ flags: { ...swept, sweepConnections: '64' } }).sweep).toEqual({ mostConnections: 64 });
  expect(planCommand(plan({ flags: { ...swept, sweepConnections: '64' } }))).toContain(
    ' --sweep true --sweep-connections 64',
  );
});

test('more connections than an agent bears are refused, and so is a single one', () => {
  for (const sweepConnections of ['1', '1025', '8.5']) {
    expect(failure({ flags: { ...swept, sweepConnections } }).message).toContain('2 to 1024');
  }
});

test('the most connections of a sweep that is off are of no use', () => {
  const notes: Warning[] = [];
  const resolved = plan({ flags: { sweepConnections: '64' }, note: (it) => notes.push(it) });
  expect(resolved.sweep).toBeUndefined();
  expect(notes.map(({ message }) => message)).toEqual(['--sweep-connections is for --sweep, which is off']);
});

test('a plan whose loads keep no connection, or have large bodies, is refused with the reason', () => {
  expect(failure({ flags: { ...swept, profile: 'churn' } })).toMatchObject({
    kind: 'usage',
    message: '--sweep loads connections that stay open and small bodies, and the plan has only churn',
    hint: 'Add a load such as --profile throughput, or leave out --sweep.',
  });
  expect(failure({ flags: { ...swept, profile: 'churn,bulk' } }).message).toContain('only churn and bulk');
  expect(plan({ flags: { ...swept, profile: 'churn,latency' } }).sweep).toBeDefined();
});

test('the prediction has the time of all steps, in the rounds that have a sweep', () => {
  const [plain, sweeping] = [{ rounds: '10' }, swept].map((flags) => planDuration(plan({ flags })));
  const more = (sweeping?.totalSeconds ?? 0) - (plain?.totalSeconds ?? 0);
  expect(sweeping?.sweepSeconds).toBeCloseTo(more, 6);
  expect(sweeping?.slicesSeconds).toBe(plain?.slicesSeconds);
  expect(plain?.sweepSeconds).toBeUndefined();
  const secondsOf = (flags: Readonly<Record<string, unknown>>) =>
    planDuration(plan({ flags: { ...swept, ...flags } })).sweepSeconds ?? 0;
  expect(secondsOf({ rounds: '20' })).toBeCloseTo(secondsOf({ rounds: '7' }), 6);
  expect(secondsOf({ rounds: '2' })).toBeCloseTo((2 / 7) * secondsOf({}), 6);
  expect(secondsOf({ server: 'nginx' })).toBeCloseTo(0.5 * secondsOf({}), 6);
  expect(secondsOf({ sweepConnections: '16' })).toBeLessThan(0.4 * secondsOf({}));
});

test('a run that ends by time has fewer rounds, because the first ones are longer', () => {
  const roundsIn = (timeSeconds: string, sweep: boolean) =>
    planDuration(plan({ flags: { time: timeSeconds, sweep } }));
  const { sweepSeconds = 0, rounds } = roundsIn('20m', true);
  expect(rounds).toBeLessThan(roundsIn('20m', false).rounds);
  expect(rounds).toBeGreaterThan(sweptRounds({ confidence: 0.95 }));
  expect(sweepSeconds).toBeLessThan(20 * 60);
  expect(roundsIn('20m', true).totalSeconds).toBeLessThan(20 * 60 + 10);
});

test('each group of a swept round has an order of turns, with every path once a cycle; the blocks stay as they are', () => {
  const [plain, sweeping] = [false, true].map((sweep) => plan({ flags: { ...swept, sweep, seed: '3' } }));
  if (plain === undefined || sweeping === undefined) throw new Error('no plans');
  const usual = schedule(plain);
  for (const [index, { sweep, ...round }] of schedule(sweeping).entries()) {
    expect(round).toEqual(usual[index]);
    if (round.round > 7) expect(sweep).toBeUndefined();
    else expect(sweep).toHaveLength(2);
    for (const { cases, sequence } of sweep ?? []) {
      expect(new Set(cases.map(({ server }) => server)).size).toBe(1);
      const places = cases.map((_, place) => place);
      expect(sequence).toHaveLength(3 * cases.length);
      for (let at = 0; at < sequence.length; at += cases.length) {
        expect(sequence.slice(at, at + cases.length).toSorted()).toEqual(places);
      }
    }
  }
});
