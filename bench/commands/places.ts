import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { commandOptions, type WithVariable } from '../command-options.ts';
import { Failure, messageOf } from '../model/failure.ts';
import { checkedSubnet } from '../model/subnet.ts';
import type { Outside } from '../outside.ts';

type Flags = Readonly<Record<string, unknown>>;
type Place = Pick<Outside, 'env' | 'directory'>;

/** A flag's value, or that of its BENCH_… variable. An empty variable counts as absent. */
export function given(flags: Flags, name: WithVariable, { env }: Place): string | undefined {
  const flag = flags[name];
  return typeof flag === 'string' && flag !== '' ? flag : env[commandOptions[name].variable] || undefined;
}

/** The directory of run folders: `--out`, BENCH_OUT, or ./results. */
export function resultsDirectory(flags: Flags, outside: Place): string {
  return resolve(outside.directory, given(flags, 'out', outside) ?? 'results');
}

/**
 * `--subnet` or BENCH_SUBNET.
 * @throws {Failure} usage: no link can have it. Making the link shows whether it is free.
 */
export function wantedSubnet(flags: Flags, outside: Place): string | undefined {
  const subnet = given(flags, 'subnet', outside);
  return subnet === undefined ? undefined : checkedSubnet(subnet);
}

/**
 * Checks that the result of a run can be kept, before anything is started for the run. Leaves nothing behind.
 * @throws {Failure} unfit: no directory can be made there. Permission bits do not show it: /proc shows root
 *   writable ones.
 */
export async function assertWritable(directory: string): Promise<void> {
  const existing = await nearestExisting(directory);
  try {
    if (!(await stat(existing)).isDirectory()) throw new Error(`${existing} is not a directory`);
    await rmdir(await mkdtemp(join(existing, '.bench-')));
  } catch (cause) {
    const why = cause instanceof Error && 'code' in cause ? reasonOf(cause.code) : undefined;
    throw new Failure('unfit', `results cannot be written to ${directory}: ${why ?? messageOf(cause)}`, {
      hint: 'Name another directory with --out.',
      cause,
    });
  }
}

/** Meanings of the system's error names here. For other errors, the system's own words are given. */
function reasonOf(code: unknown): string | undefined {
  if (code === 'EACCES' || code === 'EPERM') return 'permission denied';
  if (code === 'EROFS') return 'the file system is read-only';
  if (code === 'ENOSPC') return 'no space is left on the disk';
  if (code === 'ENOTDIR') return 'a part of the path is a file, not a directory';
  if (code === 'ENOENT') return 'no directory can be made there';
  return undefined;
}

async function nearestExisting(path: string): Promise<string> {
  const parent = dirname(path);
  const exists = await stat(path).then(
    () => true,
    (error: NodeJS.ErrnoException) => error.code !== 'ENOENT',
  );
  return exists || parent === path ? path : nearestExisting(parent);
}
