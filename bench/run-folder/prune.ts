import { lstatSync } from 'node:fs';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';
import type { IndexedRun } from '../model/indexed-run.ts';
import { systemWords } from '../model/system-error.ts';
import type { Disk } from './disk.ts';
import { evidenceFile, slicesFile } from './files.ts';

/** What a history does without: the measured data, and what is large of what was made of them. */
const prunedFiles = [slicesFile, evidenceFile, 'slices.csv', 'report.html', 'report.svg', 'report.png'];

export interface Pruned {
  readonly dryRun: boolean;
  readonly bytes: number;
  readonly runs: readonly {
    readonly folder: string;
    readonly files: readonly string[];
    readonly bytes: number;
  }[];
}

/** Which runs keep all their files: so many of the newest, or those that began at most so many days ago. */
export type Keep = { readonly newest: number } | { readonly days: number };

const dayMs = 24 * 60 * 60 * 1000;

/**
 * Removes the large files of older runs. A run that has not ended keeps them, because it may be measuring. So do
 * folders that could not be read.
 * @param runs oldest first.
 * @throws {Failure} unfit: a file cannot be removed. Those before it are gone.
 */
export async function prune(
  folder: string,
  runs: readonly IndexedRun[],
  keep: Keep,
  { disk, now, dryRun }: { readonly disk: Disk; readonly now: number; readonly dryRun: boolean },
): Promise<Pruned> {
  const old = runs.filter(({ startedAt }, index) =>
    'newest' in keep ? index < runs.length - keep.newest : Date.parse(startedAt) < now - keep.days * dayMs,
  );
  const pruned = old
    .filter(({ state }) => state !== 'running')
    .map((run) => {
      const sizes = prunedFiles.flatMap((name) => {
        const stats = lstatSync(join(folder, run.folder, name), { throwIfNoEntry: false });
        return stats?.isFile() === true ? [{ name, bytes: stats.size }] : [];
      });
      return {
        folder: run.folder,
        files: sizes.map(({ name }) => name),
        bytes: sizes.reduce((sum, { bytes }) => sum + bytes, 0),
      };
    })
    .filter(({ files }) => files.length > 0);
  if (!dryRun) {
    for (const run of pruned) {
      for (const name of run.files) await remove(join(folder, run.folder, name), disk);
    }
  }
  return { dryRun, bytes: pruned.reduce((sum, { bytes }) => sum + bytes, 0), runs: pruned };
}

async function remove(path: string, disk: Disk): Promise<void> {
  try {
    await disk.remove(path);
  } catch (cause) {
    throw new Failure('unfit', `cannot remove ${path}: ${systemWords(cause)}`, {
      hint: 'Make its folder writable, and repeat the command. What is removed by then stays removed.',
      cause,
    });
  }
}
