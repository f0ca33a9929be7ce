import type { FileHandle } from 'node:fs/promises';
import { rm, stat } from 'node:fs/promises';
import { type HeldFile, holdWaiting } from './held-file.ts';

/**
 * Runs `work` while no other process runs its own under the same lock file. Two commands that start or stop the lab at the
 * same moment would otherwise each undo the other.
 * @throws {Failure} unfit: another process has held the lock for too long.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  await using _held = await locked(path);
  try {
    return await work();
  } finally {
    // The file is removed while still locked. A waiting process then sees that its file is no longer the one
    // at `path`.
    await rm(path, { force: true });
  }
}

async function locked(path: string): Promise<HeldFile> {
  for (;;) {
    const held = await holdWaiting(path);
    if (await isAt(path, held.file)) return held;
    await held[Symbol.asyncDispose](); // the last holder removed it: the next attempt waits at a new file
  }
}

async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const mine = await file.stat();
  return stat(path).then(
    (there) => there.ino === mine.ino && there.dev === mine.dev,
    () => false,
  );
}
