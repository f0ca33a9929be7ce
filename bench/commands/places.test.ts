import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assertWritable, resultsDirectory } from './places.ts';

const outside = (env: Record<string, string>) => ({ env, directory: '/here' });

test('results go to --out, else to BENCH_OUT, else to ./results', () => {
  expect(resultsDirectory({ out: 'a' }, outside({ BENCH_OUT: 'b' }))).toBe('/here/a');
  expect(resultsDirectory({}, outside({ BENCH_OUT: '/b' }))).toBe('/b');
  expect(resultsDirectory({}, outside({ BENCH_OUT: '' }))).toBe('/here/results');
});

test('a directory that is not there yet is judged by the nearest that is, and not made', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-places-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await assertWritable(join(directory, 'a', 'b'));
  expect(await readdir(directory)).toEqual([]);
});

test('a file in the way is told before anything starts', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-places-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(join(directory, 'file'), '');
  await expect(assertWritable(join(directory, 'file'))).rejects.toMatchObject({
    message: expect.stringContaining('is not a directory'),
    exitCode: 3,
  });
  await expect(assertWritable(join(directory, 'file', 'below'))).rejects.toThrow('cannot be written');
});
