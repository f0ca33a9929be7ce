import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type TestEngine, testEngine } from '../../../runtime/test-engine.fixture.ts';
import { calibrationSchema } from '../../model/calibration.ts';
import { runSchema } from '../../model/run.ts';
import { summarySchema } from '../../model/summary.ts';
import { doctorDocumentSchema, planDocumentSchema } from '../documents.ts';
import { printed } from '../printed.fixture.ts';
import { onlyRun, startBench, temporaryDirectory } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';

/* Runs that stop by themselves, on a real engine: what they decided is on disk, and a report made later agrees. */

let lab: TestEngine;

beforeAll(async () => {
  lab = await testEngine();
});

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

async function directory(): Promise<string> {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  return temporary.path;
}

const quick = ['--server', 'nginx', '--profile', 'latency', '--blocks', '2', '--slice-seconds', '0.1'];

test('a run with a precision ends at a planned look or after its last round, and its report can be made again', async () => {
  const here = await directory();
  const argv = ['run', ...quick, '--mode', 'host', '--precision', '50%', '--rounds', '9', '--json'];
  const { exitCode, stdout, stderr } = await startBench(argv, here).ended;
  expect(stderr).toMatch(/after 8 rounds: .*wanted ±50 %/);
  const folder = await onlyRun(here);
  await expectMeasured({ exitCode, stdout, stderr }, here);

  const { plan, stop } = printed(runSchema, await readFile(join(folder, 'run.json'), 'utf8'));
  expect(plan).toMatchObject({
    confidence: 0.975,
    stopping: { precision: { halfWidth: 0.5, looks: [8, 9], coverage: 0.95 } },
  });
  // Whether half of the ratio is reached depends on the machine; that the rule was kept does not.
  expect(stop?.rounds).toBe(stop?.look === 1 ? 8 : 9);
  const summary = printed(summarySchema, stdout);
  expect(Math.max(...summary.cases.map(({ rounds }) => rounds))).toBeLessThanOrEqual(stop?.rounds ?? 0);

  const again = await startBench(['report', 'latest', '--json'], here).ended;
  expect(again.stdout).toBe(stdout);
});

test('a calibration is kept, and plan and doctor use it', async () => {
  const here = await directory();
  const env = { BENCH_CALIBRATIONS: join(here, 'kept') };
  const calibrating = ['calibrate', '--server', 'nginx', '--profile', 'latency', '--time', '15s', '--json'];
  const { exitCode, stdout, stderr } = await startBench(calibrating, here, env).ended;
  expect(exitCode, stderr).toBe(0);
  const calibration = printed(calibrationSchema, stdout);
  expect(calibration.noise.map(({ metric }) => metric)).toContain('latency_p50_us');

  const planned = await startBench(['plan', '--server', 'nginx', '--profile', 'latency', '--json'], here, env)
    .ended;
  const { prediction } = printed(planDocumentSchema, planned.stdout);
  // Fewer than six rounds say too little, and on a busy machine no more may fit.
  expect([undefined, calibration.runId]).toContain(prediction?.intervals[0]?.source.runId);

  const doctor = await startBench(['doctor', '--json'], here, env).ended;
  const { findings } = printed(doctorDocumentSchema, doctor.stdout);
  expect(findings.find(({ subject }) => subject === 'calibration')?.message).toMatch(
    /^calibrated on \d{4}-\d\d-\d\d: the largest noise floor of a declared metric is ±/,
  );
});
