import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, onTestFinished, test } from 'vitest';
import { withLock } from './lock.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-lock-'));
});
afterEach(() => rm(directory, { recursive: true }));

test('works under one lock never overlap, and the lock goes', async () => {
  const path = join(directory, 'lock');
  let inside = 0;
  const seen: number[] = [];
  const work = async () => {
    inside += 1;
    seen.push(inside);
    for (let turn = 0; turn < 5; turn++) await readdir(directory);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 12 }, () => withLock(path, work)));
  expect(seen).toEqual(Array(12).fill(1));
  expect(await readdir(directory)).toEqual([]);
});

/** A process that takes the lock, says so, and keeps it until it is killed. */
async function holder(path: string) {
  const child = spawn('flock', ['--close', path, 'sh', '-c', 'echo held; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  const kill = () => void process.kill(-(child.pid ?? 0), 'SIGKILL');
  await once(child.stdout, 'data');
  return { kill };
}

test('a lock is waited for as long as its holder lives, and free when that is killed', async () => {
  const path = join(directory, 'lock');
  const { kill } = await holder(path);
  let done = false;
  const waiting = withLock(path, async () => {
    done = true;
    return 'done';
  });
  await expect.poll(() => flocksOn(path)).toBe(2); // the holder's, and ours that waits
  expect(done).toBe(false);
  kill();
  expect(await waiting).toBe('done');
});

/** Processes by name of `flock` that have the lock file open. */
async function flocksOn(path: string): Promise<number> {
  const { stdout } = spawn('sh', ['-c', 'ls -l /proc/[0-9]*/fd/3 2>/dev/null | grep -c "$1"', 'sh', path]);
  let text = '';
  stdout.on('data', (chunk) => {
    text += chunk;
  });
  await once(stdout, 'close');
  return Number(text);
}

test('what a crash has left is no lock', async () => {
  const path = join(directory, 'lock');
  await writeFile(path, '{"pid":');
  expect(await withLock(path, async () => 'done')).toBe('done');
});

test('a failure of the work is passed on and releases the lock', async () => {
  const path = join(directory, 'lock');
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readdir(directory)).toEqual([]);
});

test('without flock: which program, and where it comes from', async () => {
  const path = process.env['PATH'];
  onTestFinished(() => {
    process.env['PATH'] = path;
  });
  process.env['PATH'] = directory;
  await expect(withLock(join(directory, 'lock'), async () => 'done')).rejects.toMatchObject({
    exitCode: 3,
    hint: expect.stringContaining('util-linux'),
  });
});
