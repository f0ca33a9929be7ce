import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { type SyntheticOptions, syntheticRun } from '../../../reports/synthetic-run.fixture.ts';
import type { Plan } from '../../model/plan.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';
import { planDefaults } from '../../plan/options.ts';
import type { PlanDuration } from '../../plan/plan-duration.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { writtenRun } from '../../run-folder/written-run.fixture.ts';
import { calibrationOf } from '../calibrate/calibration-of.ts';
import { machineOf } from '../engine/this-machine.ts';
import { knownSpreads } from './known-spreads.ts';
import { type KnownSpread, type Prediction, predicted } from './plan-prediction.ts';
import { planText } from './plan-text.ts';

const plan = (flags: Readonly<Record<string, unknown>>) =>
  resolvePlan({ flags: { server: 'nginx', profile: 'throughput', ...flags }, env: {} }, () => 0);

const source = { kind: 'run', runId: '20261120T093220Z-k3f9' } as const;
const bridge: KnownSpread = {
  source,
  server: 'nginx',
  profile: 'throughput',
  path: 'bridge/external/published',
  role: 'contender',
  spread: 0.02,
};
const twin: KnownSpread = { ...bridge, path: 'host/external', role: 'twin', spread: 0.01 };
function textOf(...[of, duration, prediction]: [Plan, PlanDuration, Prediction | undefined]): string {
  return planText(of, duration, {
    ...{ guard: true, install: false, verbose: false, prediction },
    ...{ chosen: undefined, sources: [] },
  });
}

test('of an unknown machine only the duration is predicted', () => {
  const { duration, prediction } = predicted(plan({ mode: 'bridge' }), []);
  expect(duration.rounds).toBe(planDefaults.rounds);
  expect(prediction).toBeUndefined();
});

test('a path goes by its own spread, else by the twin of its server and profile', () => {
  const { prediction } = predicted(plan({ mode: 'bridge,mapped' }), [twin, bridge]);
  expect(prediction?.intervals).toMatchObject([
    { path: 'bridge/external/published', from: 'path', metric: 'throughput_rps' },
    { path: 'mapped/external/published', from: 'twin' },
  ]);
  const [own, other] = prediction?.intervals ?? [];
  expect(own?.halfWidth).toBeGreaterThan(other?.halfWidth ?? Number.NaN);
});

test('with a precision the rounds are predicted, and with them the duration', () => {
  const coarse = predicted(plan({ mode: 'bridge', precision: '2%' }), [bridge]);
  const fine = predicted(plan({ mode: 'bridge', precision: '1%' }), [bridge]);
  expect(fine.prediction?.reached).toBe(true);
  expect(fine.duration.rounds).toBeGreaterThan(2 * coarse.duration.rounds);
  expect(fine.duration.totalSeconds).toBeGreaterThan(coarse.duration.totalSeconds);
  for (const { halfWidth } of fine.prediction?.intervals ?? []) expect(halfWidth).toBeLessThanOrEqual(0.01);
});

test('a precision that the time does not allow is told before', () => {
  const tight = plan({ mode: 'bridge', precision: '0.1%', time: '1m' });
  const { duration, prediction } = predicted(tight, [bridge]);
  expect(prediction?.reached).toBe(false);
  expect(textOf(tight, duration, prediction)).toContain('NOT expected to be reached');
});

test('time decides how many rounds there are', () => {
  const short = predicted(plan({ mode: 'bridge', time: '1m' }), []).duration;
  const long = predicted(plan({ mode: 'bridge', time: '3m' }), []).duration;
  expect(short.rounds).toBeGreaterThan(3);
  expect(long.rounds).toBeGreaterThanOrEqual(3 * short.rounds);
  expect(predicted(plan({ mode: 'bridge', time: '3m', rounds: '5' }), []).duration.rounds).toBe(5);
});

/** Results that hold these runs. */
async function results(...runs: readonly RecordedRun[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-past-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const recorded of runs) await writtenRun(directory, recorded);
  return directory;
}

const past = (runId: string, deploymentNoise: number, more: Partial<SyntheticOptions> = {}): RecordedRun => {
  const recorded = syntheticRun({
    ...{ seed: 4, rounds: 8, blocks: 2, servers: ['nginx'], deploymentNoise },
    ...more,
  });
  return { ...recorded, run: { ...recorded.run, runId } };
};
const old = past('20261101T000000Z-aaaa', 0.05);
const recent = past('20261102T000000Z-bbbb', 0.001);
const machine = machineOf(recent.run.environment);
const likePast = plan({
  mode: 'bridge',
  blocks: '2',
  sliceSeconds: String(recent.run.plan.sliceSeconds),
  turnSeconds: String(recent.run.plan.turnSeconds),
});

test('the newest run of this machine with the same slices is gone by', async () => {
  const directory = await results(old, recent);
  const known = await knownSpreads(likePast, machine, directory, undefined);
  expect(new Set(known.map((it) => it.source.runId))).toEqual(new Set([recent.run.runId]));
  for (const other of [{ blocks: 9 }, { turnSeconds: 0.015 }]) {
    expect(await knownSpreads({ ...likePast, ...other }, machine, directory, undefined)).toEqual([]);
  }
  const elsewhere = { ...machine, cpuModel: 'another' };
  expect(await knownSpreads(likePast, elsewhere, directory, undefined)).toEqual([]);
});

test('without a run it goes by the calibration, if that had the same slices', async () => {
  const directory = await results();
  const calibration = calibrationOf(recent, directory);
  expect(await knownSpreads(likePast, machine, directory, calibration)).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ role: 'twin', source: expect.objectContaining({ kind: 'calibration' }) }),
    ]),
  );
  expect(await knownSpreads({ ...likePast, blocks: 9 }, machine, directory, calibration)).toEqual([]);
});

test('each comparison goes by the newest run that has it, and those that none has are named', async () => {
  // The older run has both profiles; the newer one, throughput alone.
  const both = past('20261101T000000Z-aaaa', 0.05, { profiles: ['latency', 'throughput'] });
  const one = past('20261102T000000Z-bbbb', 0.001, { profiles: ['throughput'] });
  const directory = await results(both, one);
  const asked = plan({
    server: 'nginx,apache',
    mode: 'bridge',
    profile: 'latency,throughput',
    blocks: '2',
    sliceSeconds: String(both.run.plan.sliceSeconds),
    turnSeconds: String(both.run.plan.turnSeconds),
  });
  const { duration, prediction } = predicted(asked, await knownSpreads(asked, machine, directory, undefined));
  const path = 'bridge/external/published';
  expect(prediction?.intervals).toMatchObject([
    { server: 'nginx', profile: 'latency', path, from: 'path', source: { runId: both.run.runId } },
    { server: 'nginx', profile: 'throughput', path, from: 'path', source: { runId: one.run.runId } },
  ]);
  expect(prediction?.unknown).toMatchObject([
    { server: 'apache', profile: 'latency', path },
    { server: 'apache', profile: 'throughput', path },
  ]);
  const text = textOf(asked, duration, prediction);
  expect(text).toMatch(/nginx latency bridge\/external\/published: .* \(run 20261101T000000Z-aaaa\)/);
  expect(text).toMatch(/unknown, since no run of this machine has them:\n {4}apache latency bridge/);
});

test('where all goes by one run, it is named once', () => {
  const asked = plan({ mode: 'bridge' });
  const { duration, prediction } = predicted(asked, [bridge]);
  const text = textOf(asked, duration, prediction);
  expect(text).toContain(`expected to be known to, going by run ${source.runId}\n  ±`);
  expect(text.split(source.runId)).toHaveLength(2);
});

test.each([
  [{ rounds: '3' }, 'it needs 6 rounds, about', '(--rounds 6)'],
  [{ time: '5' }, 'it needs 6 rounds, about', '(--time '],
  [{ precision: '1%', confidence: '99%', time: '20s' }, 'it needs 9 rounds, about', '(--time '],
])(
  'too short for any interval is said with what is needed, and nothing is forecast: %j',
  (flags, needs, flag) => {
    const short = plan({ mode: 'bridge', ...flags });
    const { duration, prediction } = predicted(short, [bridge]);
    expect(prediction).toBeUndefined();
    const text = textOf(short, duration, prediction);
    expect(text).toContain(`Too short for any interval: ${needs}`);
    expect(text).toContain(flag);
    expect(text).not.toMatch(/Infinity|NaN/);
  },
);

test('the time that is said to be long enough is', () => {
  const time = /--time (\w+)/;
  for (const wish of [{}, { precision: '1%' }, { confidence: '99%' }]) {
    const short = plan({ mode: 'bridge', time: '5', ...wish });
    const [, enough = ''] = time.exec(textOf(short, predicted(short, []).duration, undefined)) ?? [];
    const longer = plan({ mode: 'bridge', ...wish, time: enough });
    expect(textOf(longer, predicted(longer, []).duration, undefined)).not.toContain('Too short');
  }
});
