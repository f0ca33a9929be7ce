import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { Failure } from '../model/failure.ts';
import { nearest } from '../model/nearest.ts';
import { runIdSchema } from '../model/run.ts';
import { errorCode, systemWords } from '../model/system-error.ts';

const runsShown = 5;

/**
 * The folder that a RUN argument means: `latest`, a run's id in the results directory, the beginning or end of
 * one, or a path to the folder or to a file in it.
 * @param directory that a relative path starts from.
 * @throws {Failure} usage, with the nearest id and the newest ones.
 */
export async function findRun(
  resultsDirectory: string,
  argument: string,
  directory: string,
): Promise<string> {
  if (argument === '') {
    throw new Failure('usage', 'the name of a run is empty', {
      hint: `Name a run of ${resultsDirectory}, such as latest.`,
    });
  }
  const runs = await runIds(resultsDirectory);
  if (argument === 'latest') {
    const latest = runs.at(-1);
    if (latest !== undefined) return join(resultsDirectory, latest);
    throw new Failure('usage', `there is no run in ${resultsDirectory}`, { hint: whereRunsAre });
  }
  if (runs.includes(argument)) return join(resultsDirectory, argument);
  const path = resolve(directory, argument);
  if (await isDirectory(path)) return path;
  if (await holds(dirname(path), basename(path))) return dirname(path);

  const isPath = /[\\/]/.test(argument);
  const meant = isPath ? [] : runs.filter((run) => isPartOf(run, argument));
  const [only, ...others] = meant;
  if (only !== undefined && others.length === 0) return join(resultsDirectory, only);
  if (only !== undefined) {
    throw new Failure('usage', `"${argument}" fits ${meant.length} runs in ${resultsDirectory}`, {
      hint: `Give more of the id. ${listOf(meant)}`,
    });
  }
  const nearby = isPath ? await runsNear(dirname(path)) : runs;
  throw new Failure(
    'usage',
    isPath ? `no run folder at ${argument}` : `no run "${argument}" in ${resultsDirectory}`,
    { hint: runsHint(basename(argument), nearby) },
  );
}

/** Ids are told by their ends, which are random, and by their beginnings, which are dates. */
function isPartOf(run: string, part: string): boolean {
  return run.startsWith(part) || run.endsWith(part);
}

/** Whether a path names a file in a run folder: the report that a browser or a shell shows. */
async function holds(directory: string, name: string): Promise<boolean> {
  const names: readonly string[] = await readdir(directory).catch(() => []);
  return names.includes(name) && names.includes('run.json');
}

/** Why a directory is no run folder, with the runs that are in it or beside it. */
export async function notARunFolder(directory: string, cause: unknown): Promise<Failure> {
  const inside = await runsNear(directory);
  if (inside.length > 0) {
    return new Failure('usage', `${directory} is not a run folder: it contains ${inside.length} of them`, {
      hint: runsHint('', inside),
      cause,
    });
  }
  const message = (await isDirectory(directory))
    ? `${directory} is not a run folder: it has no run.json`
    : `no run folder at ${directory}`;
  const beside = await runsNear(dirname(directory));
  return new Failure('usage', message, { hint: runsHint(basename(directory), beside), cause });
}

/**
 * Run ids of a results directory, oldest first; none if there is no such directory.
 * @throws {Failure} usage: it cannot be read.
 */
export async function runIds(resultsDirectory: string): Promise<string[]> {
  try {
    const names = await readdir(resultsDirectory);
    return names.filter((name) => runIdSchema.safeParse(name).success).sort();
  } catch (cause) {
    const code = errorCode(cause);
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new Failure('usage', `cannot read the results in ${resultsDirectory}: ${systemWords(cause)}`, {
      hint: 'Make the directory readable, or name another one with --out.',
      cause,
    });
  }
}

/** For hints. Directories that cannot be read are left out. */
function runsNear(directory: string): Promise<string[]> {
  return runIds(directory).catch(() => []);
}

const whereRunsAre = 'Measure one with `bench run`, or name the directory of the results with --out.';

function runsHint(typed: string, runs: readonly string[]): string {
  if (runs.length === 0) return whereRunsAre;
  const meant = nearest(typed, ['latest', ...runs]);
  const list = listOf(runs);
  return meant === undefined ? `${list}, or \`latest\`` : `did you mean "${meant}"? ${list}`;
}

function listOf(runs: readonly string[]): string {
  const newest = runs.slice(-runsShown).reverse().join(', ');
  return runs.length > runsShown ? `Newest of ${runs.length} runs: ${newest}` : `Runs: ${newest}`;
}

async function isDirectory(path: string): Promise<boolean> {
  try {
    return (await stat(path)).isDirectory();
  } catch {
    return false;
  }
}
