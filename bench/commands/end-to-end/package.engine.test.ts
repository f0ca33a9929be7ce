import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { summarySchema } from '../../model/summary.ts';
import { installationOf } from '../../process-outside.ts';
import { writeLongRun } from '../../selftest/benchmark/long-run.ts';
import { printed } from '../printed.fixture.ts';
import { derivedFiles } from '../report/write-reports.ts';
import { onlyRun, startProgram, temporaryDirectory } from './bench-process.fixture.ts';
import { expectMeasured } from './measured.fixture.ts';

const checkout = installationOf(import.meta.dirname);

test('the packed tarball, installed outside the checkout, runs and writes its results there', async () => {
  const temporary = await temporaryDirectory();
  onTestFinished(() => temporary[Symbol.asyncDispose]());
  const { path } = temporary;
  const npm = async (...argv: string[]) => {
    const ended = await startProgram('npm', argv, path).ended;
    expect({ argv, ...ended, stderr: ended.exitCode === 0 ? '' : ended.stderr }).toMatchObject({
      exitCode: 0,
      stderr: '',
    });
    return ended.stdout;
  };
  // The checkout is built already: packing runs no scripts, so that tests that run it meanwhile are not disturbed.
  await npm('pack', '--ignore-scripts', '--pack-destination', path, checkout);
  const tarball = (await readdir(path)).find((name) => name.endsWith('.tgz'));
  await writeFile(join(path, 'package.json'), '{"name":"somewhere-else","private":true}');
  await npm('install', '--ignore-scripts', '--no-audit', '--no-fund', join(path, tarball ?? 'no tarball'));

  const bench = join(path, 'node_modules', '.bin', 'bench');
  const plan = ['--server', 'nginx', '--rounds', '1', '--blocks', '8', '--profile', 'latency'];
  const run = await startProgram(bench, ['run', '--json', ...plan], path).ended;
  await expectMeasured(run, path);
  expect(printed(summarySchema, run.stdout).evidence.contradicted).toBe(0);
  expect(await readdir(await onlyRun(path))).toEqual(expect.arrayContaining([...derivedFiles]));

  // A report of a folder that the installed bench has not written.
  const long = join(path, 'long');
  await mkdir(long);
  const slices = await writeLongRun(await onlyRun(path), long, 2_000);
  const report = await startProgram(bench, ['report', long, '--json'], path).ended;
  expect({ exitCode: report.exitCode, stderr: report.exitCode === 0 ? '' : report.stderr }).toMatchObject({
    exitCode: 0,
  });
  const { cases } = printed(summarySchema, report.stdout);
  const counted = cases.map((it) => it.slices.completed + it.slices.invalid);
  expect(counted.reduce((sum, it) => sum + it, 0)).toBe(slices);
});
