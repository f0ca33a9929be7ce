import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { fromDataKeys } from '../../model/data-keys.ts';
import { agreeDocumentSchema } from '../../selftest/calibration/agreement.ts';
import { startProgram, temporaryDirectory } from './bench-process.fixture.ts';

const program = join(
  import.meta.dirname,
  '..',
  '..',
  '..',
  'dist',
  'bench',
  'selftest',
  'calibration',
  'agree.js',
);

test('wrk and the load agent measure the same servers by turns, and both see what bridge mode costs', async () => {
  await using directory = await temporaryDirectory();
  const argv = [program, '--rounds', '3', '--out', directory.path];
  const { stdout, stderr } = await startProgram(process.execPath, argv, directory.path, { BENCH_LAB: '1' })
    .ended;
  const text = await readFile(join(directory.path, 'agree.json'), 'utf8').catch(() => stderr);
  const document = agreeDocumentSchema.parse(fromDataKeys(agreeDocumentSchema)(JSON.parse(text)));
  const [run = []] = document.runs;
  expect(run.map(({ what }) => what)).toEqual([
    'capacity_ratio',
    'cpu_server_difference_us',
    'latency_p50_difference_us',
  ]);
  const [, cpu] = run;
  expect(cpu?.bench.value).toBeGreaterThan(0);
  expect(cpu?.wrk.value).toBeGreaterThan(0);
  // Each figure is told on a line of its own, with what both say and what they differ by.
  expect(stdout.match(/bench .* wrk .*; bench less wrk/g)).toHaveLength(3);
});
