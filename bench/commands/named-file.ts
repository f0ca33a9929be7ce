import { constants } from 'node:fs';
import { open, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure } from '../model/failure.ts';
import { systemWords } from '../model/system-error.ts';
import type { Outside } from '../outside.ts';
import { writeAtomically } from '../run-folder/atomic-file.ts';
import { diskFor } from '../run-folder/disk.ts';

/**
 * Writes a file that a flag names. A regular file is replaced as a whole. A pipe, a device, and whatever has a name in
 * /dev or /proc is written to: replacing /dev/null or /dev/stderr would take it from everyone on the machine.
 *
 * @param flag that named it, for errors: `--junit`.
 * @returns its whole path.
 * @throws {Failure} usage: the name is empty or that of a directory. unfit: it cannot be written.
 */
export async function writeNamedFile(
  { flag, name }: { readonly flag: string; readonly name: string },
  content: string,
  { directory, disk }: Pick<Outside, 'directory' | 'disk'>,
): Promise<string> {
  const hint = `Name a file in a directory that is there and writable: ${flag} FILE`;
  if (name === '') throw new Failure('usage', `${flag} names no file: its value is empty`, { hint });
  if (name === '-')
    throw new Failure('usage', `${flag} -: stdout has the result, and this needs a file`, { hint });
  const path = resolve(directory, name);
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory() === true || /[\\/]$/.test(name)) {
    throw new Failure('usage', `${flag} ${name}: it is a directory, not a file`, { hint });
  }
  try {
    const place = await realpath(dirname(path));
    const isPlain = found === undefined || found.isFile();
    if (isPlain && place !== '/dev' && !place.startsWith('/proc/')) {
      await writeAtomically(path, content, await diskFor(place, disk));
    } else await writeInto(path, content);
  } catch (error) {
    const cause = error instanceof Failure ? error.cause : error;
    throw new Failure('unfit', `${flag}: cannot write ${path}: ${systemWords(cause)}`, { hint, cause });
  }
  return path;
}

async function writeInto(path: string, content: string): Promise<void> {
  const file = await open(path, constants.O_WRONLY | constants.O_APPEND);
  try {
    await file.writeFile(content);
  } finally {
    await file.close();
  }
}
