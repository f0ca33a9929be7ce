import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { hold, isHeld } from './held-file.ts';

async function path(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-held-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, 'file');
}

/** Another process that holds the file until it is killed. */
async function holder(file: string): Promise<ChildProcess> {
  const child = spawn('flock', ['--no-fork', file, 'sh', '-c', 'echo held; exec sleep 600'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  if (child.stdout === null) throw new Error('the holder has no stdout');
  await once(child.stdout, 'data');
  return child;
}

test('a file is held until its holder lets go', async () => {
  const file = await path();
  expect(await isHeld(file)).toBe(false); // there is none
  const held = await hold(file);
  expect(await isHeld(file)).toBe(true);
  await expect(hold(file)).rejects.toThrow('is held by another process');
  await held[Symbol.asyncDispose]();
  expect(await isHeld(file)).toBe(false);
});

test('asking does not take it', async () => {
  const file = await path();
  await writeFile(file, '');
  expect(await isHeld(file)).toBe(false);
  await using _held = await hold(file);
  expect(await isHeld(file)).toBe(true);
});

test('a holder that is killed holds nothing', async () => {
  const file = await path();
  const child = await holder(file);
  expect(await isHeld(file)).toBe(true);
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
  expect(await isHeld(file)).toBe(false);
});
