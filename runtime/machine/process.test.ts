import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bootId, identify, isAlive } from './process.ts';

test('this process lives, and is not another that had its pid before', async () => {
  const me = await identify(process.pid);
  expect(me).toEqual({ pid: process.pid, startTicks: expect.stringMatching(/^\d+$/) });
  if (me === undefined) return;
  expect(await isAlive(me)).toBe(true);
  expect(await isAlive({ ...me, startTicks: String(Number(me.startTicks) - 1) })).toBe(false);
});

test('a command with spaces and parentheses in its name is read right', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-process-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const program = join(directory, 'a) S 1 (b');
  await symlink('/bin/sleep', program);
  const child = spawn(program, ['60']);
  await once(child, 'spawn');
  const identity = await identify(child.pid ?? 0);
  const me = await identify(process.pid);
  child.kill('SIGKILL');
  await once(child, 'exit');
  expect(Number(identity?.startTicks)).toBeGreaterThan(Number(me?.startTicks));
  expect(identity !== undefined && (await isAlive(identity))).toBe(false);
});

test('no process, no identity', async () => {
  expect(await identify(0)).toBeUndefined();
  expect(await identify(2 ** 22 + 1)).toBeUndefined();
});

test('one boot has one id', async () => {
  expect(await bootId()).toMatch(/^[0-9a-f-]{36}$/);
  expect(await bootId()).toBe(await bootId());
});
