import { lstat, mkdir, readdir, readFile, rm, rmdir, stat, unlink, writeFile } from 'node:fs/promises';
import { isAbsolute, join, normalize } from 'node:path';
import { Failure } from '../../bench/model/failure.ts';
import type { Commander } from '../machine/command.ts';
import { mountsIn } from '../machine/mounts.ts';

/** Marks a directory that bench made or found empty. In a directory without it, bench removes nothing. */
const marker = '.made-by-bench';

/**
 * Linux takes 107 bytes for a socket's path (unix(7)). A lab's sockets are located below its run directory.
 */
const longestRunDirectory = 70;

/** A directory that a variable may name. */
export interface Place {
  readonly variable: string;
  readonly path: string;
}

/**
 * The directory that a variable names, or its default if the variable is absent or empty.
 * @throws {Failure} usage: the variable names no directory that bench could have to itself.
 */
export function placeOf(
  env: Readonly<Record<string, string | undefined>>,
  variable: string,
  usual: string,
): Place {
  const given = env[variable] || usual;
  const path = normalize(given).replace(/\/+$/, '');
  const refuse = (why: string) =>
    new Failure('usage', `${variable}=${given} ${why}`, {
      hint: `Name a directory that only bench uses, such as ${usual}.`,
    });
  if (!isAbsolute(given)) throw refuse('is not an absolute path');
  if (path === '') throw refuse('is the root directory');
  return { variable, path };
}

/** @throws {Failure} usage: paths of sockets below it would be too long. */
export function assertShort({ variable, path }: Place): void {
  if (Buffer.byteLength(path) <= longestRunDirectory) return;
  throw new Failure('usage', `${variable}=${path} is longer than ${longestRunDirectory} bytes`, {
    hint: "bench keeps sockets there, and Linux limits the length of a socket's path. Name a shorter one, such as /run/bench.",
  });
}

/**
 * Makes a directory of bench's own, or takes one that it made before. A directory that holds anything else is
 * the user's.
 * @param unmarked names that versions of bench without a marker made in it. A directory with nothing else is
 *   bench's too.
 * @throws {Failure} usage: it holds things that bench did not make, or belongs to another user.
 */
export async function claim({ variable, path }: Place, unmarked: readonly string[]): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o755 }).catch((cause: unknown) => {
    throw new Failure('usage', `${variable}=${path} cannot be created: ${reason(cause)}`, {
      hint: `Create it, or set ${variable} to another directory.`,
      cause,
    });
  });
  const owner = (await stat(path)).uid;
  if (owner !== process.getuid?.()) {
    throw new Failure('usage', `${variable}=${path} belongs to another user (uid ${owner})`, {
      hint: "Its owner could replace bench's files there. Name another directory.",
    });
  }
  const present = await readdir(path);
  if (present.includes(marker)) return;
  const foreign = present.filter((name) => !unmarked.includes(name));
  if (foreign.length > 0) {
    throw new Failure(
      'usage',
      `${variable}=${path} contains files that bench did not create: ${foreign.slice(0, 5).join(', ')}`,
      { hint: `bench removes its files from this directory. Set ${variable} to a new or empty directory.` },
    );
  }
  await writeFile(join(path, marker), 'bench keeps its files here, and removes them by name.\n');
}

/** Whether bench made it, or took it for its own. */
export async function isClaimed(path: string): Promise<boolean> {
  return readFile(join(path, marker)).then(
    () => true,
    () => false,
  );
}

/**
 * Removes what bench made in a directory of its own, by name, and the directory where nothing else is left in it.
 * Symbolic links are removed, never followed; what is mounted is never removed.
 * @param known names of what bench makes in it.
 * @returns false where the directory is not bench's: then nothing is removed.
 * @throws {Failure} unfit: something below it is still mounted.
 */
export async function removeMade(
  commander: Commander,
  path: string,
  known: readonly string[],
): Promise<boolean> {
  if (!(await isClaimed(path))) return false;
  for (const name of known) {
    const made = join(path, name);
    // A lab leaves no mounts here. Versions of bench from before the lab left some.
    for (const point of await mountsIn(made)) await commander.run('umount', ['--lazy', point]);
    const [mounted] = await mountsIn(made);
    if (mounted !== undefined) {
      throw new Failure('unfit', `cannot remove ${made}: ${mounted} is still mounted`, {
        hint: `Unmount it as root: umount --lazy '${mounted}'. Then run bench clean again.`,
      });
    }
    const found = await lstat(made).catch(() => undefined);
    if (found?.isDirectory()) await rm(made, { recursive: true, force: true });
    else if (found !== undefined) await unlink(made);
  }
  const left = (await readdir(path)).filter((name) => name !== marker);
  if (left.length > 0) return true;
  await unlink(join(path, marker));
  await rmdir(path);
  return true;
}

function reason(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : String(error);
}
