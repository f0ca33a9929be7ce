import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { assertWritable, resultsDirectory, wantedSubnet } from './places.ts';

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

test('a directory in which nobody can make anything is told at once, whoever asks', async () => {
  // Its permission bits say that root may write.
  await expect(assertWritable('/proc/bench-results/a')).rejects.toMatchObject({
    exitCode: 3,
    message: 'results cannot be written to /proc/bench-results/a: no directory can be made there',
    hint: 'Name another directory with --out.',
  });
});

test('looking leaves nothing behind', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-places-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await assertWritable(directory);
  expect(await readdir(directory)).toEqual([]);
});

test('a subnet that no link can have is refused before anything starts, from flag and variable', () => {
  expect(wantedSubnet({}, outside({}))).toBeUndefined();
  expect(wantedSubnet({ subnet: '10.1.2.0/24' }, outside({ BENCH_SUBNET: 'x' }))).toBe('10.1.2.0/24');
  expect(() => wantedSubnet({}, outside({ BENCH_SUBNET: '127.0.0.0/24' }))).toThrow('loopback');
});
