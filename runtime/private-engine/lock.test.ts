import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
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
    await readdir(directory);
    inside -= 1;
  };
  await Promise.all([withLock(path, work), withLock(path, work), withLock(path, work)]);
  expect(seen).toEqual([1, 1, 1]);
  expect(await readdir(directory)).toEqual([]);
});

test('whoever looks at a lock sees who holds it, also while it is being taken', async () => {
  const path = join(directory, 'lock');
  const seen = new Set<string>();
  let taking = true;
  const look = () => {
    const held = textOf(path);
    if (held !== undefined) seen.add(held);
    if (taking) setImmediate(look);
  };
  look();
  for (let turn = 0; turn < 50; turn++) await withLock(path, () => readdir(directory));
  taking = false;
  // An empty lock would be taken for one that a crash has left, and taken over while its holder works.
  expect([...seen].map((text) => JSON.parse(text || 'null')?.pid)).toEqual([process.pid]);
});

test('a lock of a process that has died, or that was half-written, is taken over', async () => {
  const path = join(directory, 'lock');
  for (const left of ['{"pid":1,"startTicks":"not of this boot"}', '{"pid":']) {
    await writeFile(path, left);
    expect(await withLock(path, async () => 'done')).toBe('done');
  }
});

test('a failure of the work is passed on and releases the lock', async () => {
  const path = join(directory, 'lock');
  await expect(withLock(path, () => Promise.reject(new Error('no')))).rejects.toThrow('no');
  expect(await readdir(directory)).toEqual([]);
});

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined; // nobody holds it at this moment
  }
}
