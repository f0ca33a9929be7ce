import { mkdtemp, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { commandOptions, type WithVariable } from '../command-options.ts';
import { Failure } from '../model/failure.ts';
import { checkedSubnet } from '../model/subnet.ts';
import { errorCode, systemWords } from '../model/system-error.ts';
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
    const why = errorCode(cause) === 'ENOENT' ? 'no directory can be made there' : systemWords(cause);
    throw new Failure('unfit', `results cannot be written to ${directory}: ${why}`, {
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
