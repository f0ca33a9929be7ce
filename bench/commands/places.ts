import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { Failure, messageOf } from '../model/failure.ts';
import type { Outside } from '../outside.ts';

type Flags = Readonly<Record<string, unknown>>;
type Place = Pick<Outside, 'env' | 'directory'>;

/** A flag's value, or that of its BENCH_… variable; an empty variable is none. */
export function given(flags: Flags, name: string, { env }: Place): string | undefined {
  const flag = flags[name];
  return typeof flag === 'string' && flag !== '' ? flag : env[`BENCH_${name.toUpperCase()}`] || undefined;
}

/** Where run folders are: `--out`, BENCH_OUT, or ./results. */
export function resultsDirectory(flags: Flags, outside: Place): string {
  return resolve(outside.directory, given(flags, 'out', outside) ?? 'results');
}

/**
 * Before anything is started for a run whose result could then not be kept. Makes nothing yet.
 * @throws {Failure} unfit: the directory, or the nearest that is there, cannot be written.
 */
export async function assertWritable(directory: string): Promise<void> {
  try {
    const existing = await nearestExisting(directory);
    if (!(await stat(existing)).isDirectory()) throw new Error(`${existing} is not a directory`);
    await access(existing, constants.W_OK);
  } catch (cause) {
    throw new Failure('unfit', `results cannot be written to ${directory}: ${messageOf(cause)}`, {
      hint: 'Name another directory with --out.',
      cause,
    });
  }
}

async function nearestExisting(path: string): Promise<string> {
  const parent = dirname(path);
  const exists = await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  return exists || parent === path ? path : nearestExisting(parent);
}
