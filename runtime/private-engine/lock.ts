import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open, rm, stat } from 'node:fs/promises';
import { Failure } from '../../bench/model/failure.ts';

/**
 * Runs `work` while no other process runs its own under the same lock file. Two commands that start or stop the private
 * engine at the same moment would otherwise each undo the other.
 *
 * The lock is the kernel's (flock(2)): it ends with its holder, however that ends, so that nobody has to judge whether
 * a holder has died and take over what another one is taking over as well.
 *
 * @throws {Failure} unfit: there is no flock(1), which is part of util-linux.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const file = await locked(path);
  try {
    return await work();
  } finally {
    // Before it is unlocked: whoever has waited for this file sees that it is no longer the one at `path`.
    await rm(path, { force: true });
    await file.close();
  }
}

async function locked(path: string): Promise<FileHandle> {
  for (;;) {
    const file = await open(path, 'a');
    try {
      await waitForLock(file);
      if (await isAt(path, file)) return file;
    } catch (error) {
      await file.close();
      throw error;
    }
    await file.close(); // its last holder removed it: the next one waits at a new file
  }
}

/** The lock belongs to the open file, which flock(1) shares with this process: it stays when flock has ended. */
async function waitForLock(file: FileHandle): Promise<void> {
  const flock = spawn('flock', ['--exclusive', '3'], { stdio: ['ignore', 'ignore', 'ignore', file.fd] });
  try {
    const [exitCode] = await once(flock, 'close');
    if (exitCode === 0) return;
    throw new Error(`flock ended with ${exitCode}`);
  } catch (cause) {
    throw new Failure('unfit', 'the private engine could not be locked against other commands', {
      hint: 'bench needs flock, which is part of util-linux: apt-get install util-linux',
      cause,
    });
  }
}

async function isAt(path: string, file: FileHandle): Promise<boolean> {
  const mine = await file.stat();
  return stat(path).then(
    (there) => there.ino === mine.ino && there.dev === mine.dev,
    () => false,
  );
}
