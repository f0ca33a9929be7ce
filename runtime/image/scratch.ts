import { chmod, mkdtemp, readdir, readFile, readlink, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Failure, messageOf } from '../../bench/model/failure.ts';
import { stateOfMaker } from '../labels.ts';
import type { Found } from '../leftovers.ts';
import type { Commander } from '../machine/command.ts';
import { mountsIn } from '../machine/mounts.ts';
import { identify, isAlive } from '../machine/process.ts';
import { type OwnerState, thisProcess, wordOf } from '../owner.ts';

const pollMs = 50;
/** How long the processes that work in an abandoned folder may take to end, in polls. */
const endPolls = 200;

/** A folder's name contains its owner: a killed process can write nothing down any more. */
const scratchName = /^bench-image-([0-9a-f.-]+)-\w{6}$/;
/** The owner in the names of earlier versions: pid and start of the process. */
const earlierWord = /^(\d+)-(\d+)$/;

/**
 * A folder for a build's temporary files.
 * @param temporary the directory of such folders.
 * @throws {Failure} unfit: none can be made there.
 */
export async function makeScratch(temporary: string): Promise<string> {
  const me = wordOf(await thisProcess());
  try {
    const directory = await mkdtemp(join(temporary, `bench-image-${me}-`));
    await chmod(directory, 0o711); // apt fetches as a user of its own, who must get through
    return directory;
  } catch (cause) {
    throw new Failure('unfit', `cannot create a folder for building the lab image: ${messageOf(cause)}`, {
      hint: 'Set TMPDIR to a writable directory with 500 MB of free space.',
      cause,
    });
  }
}

/**
 * Removes such a folder with everything in it. A bootstrapped root may have the host's /dev mounted inside.
 * Nothing is removed while a mount remains.
 * @throws {Failure} unfit: something below the folder stays mounted.
 */
export async function removeScratch(commander: Commander, directory: string): Promise<void> {
  for (const point of await mountsIn(directory)) await commander.run('umount', ['--lazy', point]);
  const [mounted] = await mountsIn(directory);
  if (mounted !== undefined) {
    throw new Failure('unfit', `cannot remove ${directory}: ${mounted} is still mounted`, {
      hint: `Unmount it as root: umount --lazy '${mounted}'. Then run bench clean again.`,
    });
  }
  await rm(directory, { recursive: true, force: true });
}

/**
 * The folders of builds. Processes that still work in the folder of a killed build are ended before it is
 * removed.
 */
export async function abandonedScratch(commander: Commander, temporary: string): Promise<readonly Found[]> {
  const found: Found[] = [];
  for (const name of await readdir(temporary).catch(() => [])) {
    const word = scratchName.exec(name)?.[1];
    if (word === undefined) continue;
    const directory = join(temporary, name);
    found.push({
      name: directory,
      maker: await makerOf(word),
      async remove() {
        await endWorkers(directory);
        await removeScratch(commander, directory);
        return true;
      },
    });
  }
  return found;
}

async function makerOf(word: string): Promise<OwnerState> {
  const [, pid, startTicks] = earlierWord.exec(word) ?? [];
  if (pid === undefined || startTicks === undefined) return stateOfMaker(word);
  return (await isAlive({ pid: Number(pid), startTicks })) ? 'alive' : 'gone';
}

/** Asks programs that work in a folder to end, waits, and kills those that do not. */
async function endWorkers(directory: string): Promise<void> {
  for (const signal of ['SIGTERM', 'SIGKILL'] as const) {
    for (const pid of await workersIn(directory)) signalled(pid, signal);
    for (let poll = 0; poll < endPolls && (await workersIn(directory)).length > 0; poll++)
      await sleep(pollMs);
  }
}

function signalled(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch {
    // it has ended meanwhile
  }
}

/** Processes whose command line names a path in the folder, or whose root or current directory is in it. */
async function workersIn(directory: string): Promise<readonly number[]> {
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const working: number[] = [];
  for (const pid of pids) {
    const at = (name: string) => readlink(`/proc/${pid}/${name}`).catch(() => '');
    const command = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
    const places = [command, `${await at('root')}/`, `${await at('cwd')}/`];
    if (!places.some((place) => place.includes(`${directory}/`))) continue;
    if ((await identify(Number(pid))) !== undefined) working.push(Number(pid));
  }
  return working;
}
