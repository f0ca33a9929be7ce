import { randomBytes } from 'node:crypto';
import { stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { errorCode } from '../model/system-error.ts';
import type { Disk } from './disk.ts';
import { writeFailure } from './write-failure.ts';

/**
 * Replaces a file as a whole: a reader, now or after a crash, sees the old content or the new. A symbolic link
 * of that name is replaced. Its target is left alone.
 *
 *   write a new file beside it → fsync the file → rename over it → fsync the directory
 *
 * @throws {Failure} unfit: disk full, read-only, no permission. The old file is untouched then.
 */
export async function writeAtomically(path: string, content: string | Uint8Array, disk: Disk): Promise<void> {
  // The name is random, so that two writers never share it.
  const beside = `${path}.${randomBytes(4).toString('hex')}.new`;
  try {
    const file = await disk.create(beside);
    try {
      await file.append(Buffer.from(content));
      await file.sync();
    } finally {
      await file.close();
    }
    await disk.rename(beside, path);
    await disk.syncDirectory(dirname(path));
  } catch (cause) {
    await disk.remove(beside).catch(() => undefined);
    throw writeFailure(path, cause);
  }
}

/**
 * Makes a directory and those above it, each of which survives a power cut. mkdir's `recursive` is not used:
 * below a directory in which none can be made (/proc), Node 20 tries for ever.
 */
export async function makeDirectory(path: string, disk: Disk): Promise<void> {
  const parent = dirname(path);
  try {
    await disk.makeDirectory(path);
  } catch (error) {
    if (errorCode(error) === 'EEXIST' && (await stat(path)).isDirectory()) return;
    if (errorCode(error) !== 'ENOENT' || parent === path || (await isThere(parent))) throw error;
    await makeDirectory(parent, disk);
    await makeDirectory(path, disk);
    return;
  }
  await disk.syncDirectory(parent);
}

async function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
