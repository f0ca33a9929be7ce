import { constants } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { Failure } from '../../../bench/model/failure.ts';

/** How long a server may take to reach its gate. Reaching it is the first thing that a server does. */
const patienceMs = 5_000;
const betweenLooksMs = 2;

/** Opening follows no link and does not wait for a reader. */
const flags = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOFOLLOW;

/** The pipe at which a server waits. held.sh of the lab image makes it. */
const gate = '/run/bench/gate';

/**
 * Releases a server that waits in its container until the guard covers its address. Also resolves where the
 * server's process has ended: the caller finds out why.
 * @throws {Failure} casesFailed: the server does not reach its gate.
 */
export async function openGate(pid: number, root = `/proc/${pid}/root`): Promise<void> {
  const deadline = performance.now() + patienceMs;
  while (!(await lettingGo(`${root}${gate}`))) {
    if (!(await isThere(root))) return;
    if (performance.now() > deadline) {
      throw new Failure(
        'casesFailed',
        `the server (pid ${pid}) did not open ${gate} within ${patienceMs / 1000} s`,
      );
    }
    await pause(betweenLooksMs);
  }
}

/** False where the pipe does not exist yet, or no process reads it yet. */
async function lettingGo(path: string): Promise<boolean> {
  const file = await open(path, flags).catch(() => undefined);
  if (file === undefined) return false;
  try {
    if (!(await file.stat()).isFIFO()) return false;
    await file.write('go\n');
    return true;
  } catch {
    return false;
  } finally {
    await file.close();
  }
}

function isThere(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
