import { randomUUID } from 'node:crypto';
import { link, readFile, rm, writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { identify, isAlive, type ProcessIdentity } from '../machine/process.ts';

const pollMs = 50;

/**
 * Runs `work` while no other process runs its own under the same lock file. A lock whose holder has died is taken
 * over. Two commands that start or stop the private engine at the same moment would otherwise each undo the other.
 */
export async function withLock<T>(path: string, work: () => Promise<T>): Promise<T> {
  const me = JSON.stringify(await identify(process.pid));
  while (!(await taken(path, me))) {
    const holder = await holderOf(path);
    if (holder !== undefined && (await isAlive(holder))) await sleep(pollMs);
    else await rm(path, { force: true });
  }
  try {
    return await work();
  } finally {
    await rm(path, { force: true });
  }
}

/** The lock appears with its holder's name in it: an empty one would look like what a crash has left. */
async function taken(path: string, me: string): Promise<boolean> {
  const whole = `${path}.${randomUUID()}`;
  await writeFile(whole, me);
  try {
    await link(whole, path);
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  } finally {
    await rm(whole, { force: true });
  }
}

async function holderOf(path: string): Promise<ProcessIdentity | undefined> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return undefined; // released meanwhile, or damaged by a crash
  }
}
