import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { type FileHandle, open } from 'node:fs/promises';
import { Failure } from '../../bench/model/failure.ts';

/** How long a lock may be waited for, in seconds: a lab starts and stops in less. */
const patienceSeconds = 90;
/** The exit code requested from flock(1) for a lock that is taken. */
const isTaken = 75;

/**
 * A file that its maker holds locked. The lock is the kernel's (flock(2)): it ends with its holder, and every process of
 * the machine sees it, in whatever namespaces. A pid would mean different processes in different namespaces.
 */
export interface HeldFile extends AsyncDisposable {
  readonly file: FileHandle;
}

/** @throws {Error} another process holds it. {Failure} unfit: there is no flock(1), which is part of util-linux. */
export async function hold(path: string): Promise<HeldFile> {
  const file = await open(path, 'a');
  try {
    if (!(await lock(file, ['--nonblock']))) throw new Error(`${path} is held by another process`);
    return { file, [Symbol.asyncDispose]: () => file.close() };
  } catch (error) {
    await file.close();
    throw error;
  }
}

/**
 * The same, but waits until the holder releases the file.
 * @throws {Failure} unfit: the holder does not release it within a minute and a half.
 */
export async function holdWaiting(path: string): Promise<HeldFile> {
  const file = await open(path, 'a');
  try {
    if (await lock(file, ['--timeout', String(patienceSeconds)])) {
      return { file, [Symbol.asyncDispose]: () => file.close() };
    }
    throw new Failure('unfit', `another process has held ${path} for ${patienceSeconds} s`, {
      hint: `Another bench command is starting or stopping the lab, or it hangs. Find it with: fuser -v ${path}`,
    });
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** Whether some process holds it. False for a file that does not exist. */
export async function isHeld(path: string): Promise<boolean> {
  const file = await open(path, 'r').catch(() => undefined);
  if (file === undefined) return false;
  try {
    return !(await lock(file, ['--nonblock', '--shared']));
  } finally {
    await file.close();
  }
}

/**
 * The lock belongs to the open file, which flock(1) shares with this process. It remains when flock has
 * ended.
 */
async function lock(file: FileHandle, how: readonly string[]): Promise<boolean> {
  const args = ['--conflict-exit-code', String(isTaken), ...how, '3'];
  // flock runs in a separate process group: a terminal's Ctrl-C must reach bench, but not its flock.
  const flock = spawn('flock', args, { stdio: ['ignore', 'ignore', 'ignore', file.fd], detached: true });
  try {
    const [exitCode] = await once(flock, 'close');
    if (exitCode === 0) return true;
    if (exitCode === isTaken) return false;
    throw new Error(`flock ended with ${exitCode}`);
  } catch (cause) {
    throw new Failure('unfit', 'bench could not lock the lab', {
      hint: 'bench needs flock, which is part of util-linux: apt-get install util-linux',
      cause,
    });
  }
}
