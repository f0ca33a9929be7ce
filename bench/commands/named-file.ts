import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '../model/failure.ts';
import { systemWords } from '../model/system-error.ts';
import type { Outside } from '../outside.ts';
import { writeAtomically } from '../run-folder/atomic-file.ts';
import { diskFor } from '../run-folder/disk.ts';

/** A file that a flag names, and the flag, for errors: `--junit`. */
interface NamedFile {
  readonly flag: string;
  readonly name: string;
}

const stdoutNames: readonly string[] = ['-', '/dev/stdout', '/dev/fd/1', '/proc/self/fd/1'];

export function isStdout(name: string): boolean {
  return stdoutNames.includes(name);
}

/**
 * Refuses what cannot be written, before the work whose result it is to get.
 * @throws {Failure} usage: the name is empty, that of a directory, or stdout, which has the result. unfit: its directory
 *   is not there.
 */
export async function assertNamedFile(
  { flag, name }: NamedFile,
  { directory }: Pick<Outside, 'directory'>,
): Promise<void> {
  const refused = (why: string) => new Failure('usage', `${flag} ${why}`.trim(), { hint: hintFor(flag) });
  if (name === '') throw refused('names no file: its value is empty');
  if (isStdout(name)) throw refused(`${name}: stdout has the result, and this needs a file`);
  const path = resolve(directory, name);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true || /[\\/]$/.test(name))
    throw refused(`${name}: it is a directory, not a file`);
  if (found !== undefined) return;
  // With the dot, a file in the place of a directory is an error.
  await stat(`${dirname(path)}/.`).catch((cause) => {
    throw unwritable(flag, path, cause);
  });
}

/**
 * Writes a file that a flag names. A regular file is replaced as a whole. A pipe, a device, and whatever has a name in
 * /dev or /proc is written to: replacing /dev/null or /dev/stderr would take it from everyone on the machine.
 *
 * @returns its whole path.
 * @throws {Failure} as `assertNamedFile`, and unfit: it cannot be written.
 */
export async function writeNamedFile(
  named: NamedFile,
  content: string,
  outside: Pick<Outside, 'directory' | 'disk'>,
): Promise<string> {
  await assertNamedFile(named, outside);
  const path = resolve(outside.directory, named.name);
  try {
    const place = await realpath(dirname(path));
    const found = await stat(path).catch(() => undefined);
    const isPlain = found === undefined || found.isFile();
    if (isPlain && place !== '/dev' && !place.startsWith('/proc/')) {
      await writeAtomically(path, content, await diskFor(place, outside.disk));
    } else await writeInto(path, content);
  } catch (error) {
    throw unwritable(named.flag, path, error instanceof Failure ? error.cause : error);
  }
  return path;
}

function unwritable(flag: string, path: string, cause: unknown): Failure {
  const message = `${flag}: cannot write ${path}: ${systemWords(cause)}`;
  return new Failure('unfit', message, { hint: hintFor(flag), cause });
}

function hintFor(flag: string): string {
  return `Name a file in a directory that is there and writable: ${flag} FILE`;
}

async function writeInto(path: string, content: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}
