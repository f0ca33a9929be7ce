import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type TestEngine, testEngine } from '../../../runtime/test-engine.fixture.ts';
import { exitCodes } from '../../model/failure.ts';
import { gateResultSchema } from '../../model/gate.ts';
import { installationOf } from '../../process-outside.ts';
import { nodeDisk } from '../../run-folder/disk.ts';
import { readRunRecord } from '../../run-folder/read-run-record.ts';
import { measuredRun } from '../measured-run.fixture.ts';
import { printed } from '../printed.fixture.ts';
import { makeReports, saveReports } from '../report/write-reports.ts';
import { startBench, temporaryDirectory } from './bench-process.fixture.ts';

let lab: TestEngine;

beforeAll(async () => {
  lab = await testEngine();
});

afterAll(async () => {
  await lab?.[Symbol.asyncDispose]();
});

test('--confirm measures the failing comparison again by the plan of the run, in a folder beside it', async () => {
  await using temporary = await temporaryDirectory();
  const here = temporary.path;
  const results = join(here, 'results');
  // Two servers on two paths under two loads: one comparison of the eight fails, for lack of rounds.
  const run = await measuredRun(results, {
    rounds: 2,
    profiles: ['latency', 'throughput'],
    sliceSeconds: 0.1,
  });
  await saveReports(run, await makeReports(run, installationOf(import.meta.dirname)), nodeDisk());
  const path = 'mapped/external/published';
  await writeFile(
    join(here, 'bench.config.json'),
    JSON.stringify({ gate: [{ metric: 'latency_p50_us', path, server: 'nginx', minRounds: 3 }] }),
  );
  const { exitCode, stdout, stderr } = await startBench(['gate', '--confirm', '--json'], here).ended;
  const result = printed(gateResultSchema, stdout);
  const [again, ...others] = (await readdir(results)).filter((name) => name !== result.runId);
  expect(others, stderr).toEqual([]);
  expect(result.confirmedBy).toBe(again);
  const [check, ...rest] = result.checks;
  expect(rest).toEqual([]);
  expect(check?.confirmation?.runId).toBe(again);
  // It has too few rounds again. Where this machine is busy, that run is untrusted, and confirms nothing.
  expect(check?.outcome).toBe(check?.confirmation?.outcome === 'untrusted' ? 'open' : 'failed');
  expect(exitCode).toBe(check?.outcome === 'failed' ? exitCodes.regression : exitCodes.ok);
  const { plan } = (await readRunRecord(join(results, String(again)))).run;
  expect(plan).toMatchObject({
    servers: ['nginx'],
    comparisons: [{ baseline: 'host/external', contenders: [path] }],
    profiles: [{ name: 'latency' }],
    rounds: 2,
  });
});
