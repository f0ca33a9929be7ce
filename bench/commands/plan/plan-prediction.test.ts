import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { syntheticRun } from '../../../reports/synthetic-run.fixture.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';
import { planDefaults } from '../../plan/options.ts';
import { resolvePlan } from '../../plan/resolve-plan.ts';
import { writtenRun } from '../../run-folder/written-run.fixture.ts';
import { calibrationOf } from '../calibrate/calibration-of.ts';
import { machineOf } from '../engine/this-machine.ts';
import { knownSpreads } from './known-spreads.ts';
import { type KnownSpread, predicted } from './plan-prediction.ts';
import { planText } from './plan-text.ts';

const plan = (flags: Readonly<Record<string, unknown>>) =>
  resolvePlan({ flags: { server: 'nginx', profile: 'throughput', ...flags }, env: {} }, () => 0);

const bridge: KnownSpread = {
  server: 'nginx',
  profile: 'throughput',
  path: 'bridge/external/published',
  role: 'contender',
  spread: 0.02,
};
const twin: KnownSpread = { ...bridge, path: 'host/external', role: 'twin', spread: 0.01 };
const source = (...spreads: readonly KnownSpread[]) => ({
  kind: 'run' as const,
  runId: '20261120T093220Z-k3f9',
  spreads,
});

test('of an unknown machine only the duration is predicted', () => {
  const { duration, prediction } = predicted(plan({ mode: 'bridge' }), undefined);
  expect(duration.rounds).toBe(planDefaults.rounds);
  expect(prediction).toBeUndefined();
});

test('a path goes by its own spread, else by the twin of its server and profile', () => {
  const { prediction } = predicted(plan({ mode: 'bridge,mapped' }), source(twin, bridge));
  expect(prediction?.intervals).toMatchObject([
    { path: 'bridge/external/published', from: 'path', metric: 'throughput_rps' },
    { path: 'mapped/external/published', from: 'twin' },
  ]);
  const [own, other] = prediction?.intervals ?? [];
  expect(own?.halfWidth).toBeGreaterThan(other?.halfWidth ?? Number.NaN);
});

test('with a precision the rounds are predicted, and with them the duration', () => {
  const coarse = predicted(plan({ mode: 'bridge', precision: '2%' }), source(bridge));
  const fine = predicted(plan({ mode: 'bridge', precision: '1%' }), source(bridge));
  expect(fine.prediction?.reached).toBe(true);
  expect(fine.duration.rounds).toBeGreaterThan(2 * coarse.duration.rounds);
  expect(fine.duration.totalSeconds).toBeGreaterThan(coarse.duration.totalSeconds);
  for (const { halfWidth } of fine.prediction?.intervals ?? []) expect(halfWidth).toBeLessThanOrEqual(0.01);
});

test('a precision that the time does not allow is told before', () => {
  const tight = plan({ mode: 'bridge', precision: '0.1%', time: '1m' });
  const { duration, prediction } = predicted(tight, source(bridge));
  expect(prediction?.reached).toBe(false);
  expect(planText(tight, duration, { guard: true, prediction })).toContain('NOT expected to be reached');
});

test('time decides how many rounds there are', () => {
  const short = predicted(plan({ mode: 'bridge', time: '1m' }), undefined).duration;
  const long = predicted(plan({ mode: 'bridge', time: '3m' }), undefined).duration;
  expect(short.rounds).toBeGreaterThan(3);
  expect(long.rounds).toBeGreaterThanOrEqual(3 * short.rounds);
  expect(predicted(plan({ mode: 'bridge', time: '3m', rounds: '5' }), undefined).duration.rounds).toBe(5);
});

/** Results that hold these runs. */
async function results(...runs: readonly RecordedRun[]): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-past-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const recorded of runs) await writtenRun(directory, recorded);
  return directory;
}

const past = (runId: string, deploymentNoise: number): RecordedRun => {
  const recorded = syntheticRun({ seed: 4, rounds: 8, blocks: 2, servers: ['nginx'], deploymentNoise });
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
  expect((await knownSpreads(likePast, machine, directory, undefined))?.runId).toBe(recent.run.runId);
  for (const other of [{ blocks: 9 }, { turnSeconds: 0.015 }]) {
    expect(await knownSpreads({ ...likePast, ...other }, machine, directory, undefined)).toBeUndefined();
  }
  const elsewhere = { ...machine, cpuModel: 'another' };
  expect(await knownSpreads(likePast, elsewhere, directory, undefined)).toBeUndefined();
});

test('without a run it goes by the calibration, if that had the same slices', async () => {
  const directory = await results();
  const calibration = calibrationOf(recent, directory);
  expect(await knownSpreads(likePast, machine, directory, calibration)).toMatchObject({
    kind: 'calibration',
  });
  expect(await knownSpreads({ ...likePast, blocks: 9 }, machine, directory, calibration)).toBeUndefined();
});
