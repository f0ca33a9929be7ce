import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { asWritten } from '../../../reports/as-written.fixture.ts';
import { syntheticRun } from '../../../reports/synthetic-run.fixture.ts';
import { calibrationSchema } from '../../model/calibration.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { planDefaults } from '../../plan/options.ts';
import { nodeDisk } from '../../run-folder/disk.ts';
import { calibrationPlan } from './calibrate.ts';
import { calibrationsDirectory, keepCalibration, keptCalibration } from './calibration-file.ts';
import { calibrationOf } from './calibration-of.ts';
import { calibrationText, worstFloor } from './calibration-text.ts';

const twins = syntheticRun({ seed: 2, rounds: 14, blocks: 2, servers: ['nginx'] });
const calibration = calibrationOf(twins, '/somewhere/results/run');

async function directory(): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'bench-calibration-'));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return join(path, 'calibrations');
}

test('a calibration has the noise of every metric, the false alarms, and what one per cent takes', () => {
  expect(calibrationSchema.parse(calibration)).toEqual(calibration);
  expect(calibration.rounds).toBe(14);
  expect(calibration.noise.filter(({ declared }) => declared)).toMatchObject([
    { profile: 'latency', metric: 'latency_p50_us' },
    { profile: 'steady', metric: 'cpu_server_us' },
    { profile: 'throughput', metric: 'throughput_rps' },
  ]);
  expect(calibration.falseAlarms).toMatchObject({ rounds: planDefaults.rounds, draws: 3000 });
  expect(calibration.onePerCent).toHaveLength(3);
  for (const { rounds, seconds } of calibration.onePerCent) expect(seconds).toBeGreaterThan(rounds);
});

test('what a config says about other paths than twins have plays no part in a calibration', async () => {
  const place = await mkdtemp(join(tmpdir(), 'bench-calibration-'));
  onTestFinished(() => rm(place, { recursive: true, force: true }));
  await writeFile(
    join(place, 'bench.config.yaml'),
    'mapTo: web\nmodes: [mapped]\nsharedPort: true\nblocks: 3\nplan: mine\nplans: { mine: { blocks: 4, servers: [apache] } }\n',
  );
  const { outside } = tellingOutside({ directory: place, env: { BENCH_MAP_TO: 'other' } });
  const plan = await calibrationPlan({ time: '30s' }, outside);
  expect(plan).toMatchObject({ comparisons: [{ baseline: 'host/external', contenders: [] }], blocks: 3 });
  expect(plan.servers).toEqual(['nginx', 'apache']);
  expect(plan).not.toHaveProperty('mapTo');
});

test('its text names the machine, each metric and the time of a ±1 % interval', () => {
  const text = calibrationText(calibration);
  expect(text).toContain('from 14 rounds of identical servers');
  expect(text).toMatch(/nginx throughput {2}capacity +±\d/);
  expect(text).toMatch(/nginx latency {4,}server's CPU a request \(not declared\) +±\d/);
  expect(text).toMatch(new RegExp(`False alarms: .* of 3000 draws of ${planDefaults.rounds} rounds`));
  expect(text).toMatch(/nginx latency: about .* \(\d+ rounds\)/);
});

test('of too few rounds it does not pretend to know the false alarms', () => {
  const short = calibrationOf(syntheticRun({ seed: 2, rounds: 8, blocks: 2, servers: ['nginx'] }), 'run');
  expect(short.falseAlarms).toBeUndefined();
  expect(calibrationText(short)).toContain('there were too few rounds. Give it more time');
});

test('it is kept for its machine and found again there only, the newest in place of the one before', async () => {
  const place = await directory();
  expect(await keptCalibration(place, calibration.machine)).toBeUndefined();
  await keepCalibration(place, { ...calibration, rounds: 7 }, nodeDisk());
  await keepCalibration(place, calibration, nodeDisk());
  expect(await keptCalibration(place, calibration.machine)).toEqual(asWritten(calibration));
  expect(await keptCalibration(place, { ...calibration.machine, kernel: 'another' })).toBeUndefined();
  const [file = '', ...others] = await readdir(place);
  expect(others).toEqual([]);
  const kept = JSON.parse(await readFile(join(place, file), 'utf8'));
  expect(kept).toMatchObject({ calibration_version: 2, machine: { cpu_count: 2 }, rounds: 14 });
});

test('one that cannot be read is as good as none', async () => {
  const place = await directory();
  const path = await keepCalibration(place, calibration, nodeDisk());
  await writeFile(path, '{"calibration_version": 99}');
  expect(await keptCalibration(place, calibration.machine)).toBeUndefined();
});

test('it is kept where the flag, the variable, or the user says', () => {
  const outside = { env: {}, directory: '/some', home: '/home/me' };
  expect(calibrationsDirectory({}, outside)).toBe('/home/me/.local/state/bench/calibrations');
  const xdg = { ...outside, env: { XDG_STATE_HOME: '/state' } };
  expect(calibrationsDirectory({}, xdg)).toBe('/state/bench/calibrations');
  const variable = { ...outside, env: { BENCH_CALIBRATIONS: 'here' } };
  expect(calibrationsDirectory({}, variable)).toBe('/some/here');
  expect(calibrationsDirectory({ calibrations: '/there' }, variable)).toBe('/there');
});

test('the worst floor is that of the declared metrics', () => {
  const [first, ...others] = calibration.noise;
  if (first === undefined) throw new Error('no noise');
  const other = { ...first, declared: false, floor: 0.5 };
  const noise = [other, ...others.map((it) => ({ ...it, floor: it.declared ? 0.03 : 0.4 }))];
  expect(worstFloor({ ...calibration, noise })).toBe(0.03);
});
