import { createHash } from 'node:crypto';
import { type Dirent, lstatSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import * as z from 'zod';
import { toDataKeys } from '../model/data-keys.ts';
import { Failure, messageOf } from '../model/failure.ts';
import {
  type IndexedRun,
  indexedOverheadSchema,
  indexedRun,
  indexedRunSchema,
} from '../model/indexed-run.ts';
import { runIdSchema, runSchema } from '../model/run.ts';
import { errorCode, systemWords } from '../model/system-error.ts';
import { writeAtomically } from './atomic-file.ts';
import type { Disk } from './disk.ts';
import { runFile, summaryFile } from './files.ts';
import { readDocument } from './read-document.ts';
import { readLines } from './read-lines.ts';
import { mostRunBytes, mostSummaryBytes } from './received-file.ts';

/** The index of a folder of run folders: one line a run, oldest first. It is made again from them at any time. */
const historyIndexFile = 'history.ndjson';
/** The folder of the static site, beside the run folders that its pages link to. */
export const historySiteFolder = 'history';

export interface SkippedFolder {
  readonly folder: string;
  readonly reason: string;
}

export interface IndexedFolder {
  /** In the order of their start. */
  readonly runs: readonly IndexedRun[];
  readonly skipped: readonly SkippedFolder[];
  /** Whether the index on disk has exactly these runs. */
  readonly isIndexed: boolean;
}

/**
 * Reads what every run of a folder found. Runs whose files are as they were are taken from the index.
 *
 * @param benchVersion lines of another version are made again.
 * @throws {Failure} usage: there is no such folder, or it cannot be read.
 */
export async function indexRuns(folder: string, benchVersion: string): Promise<IndexedFolder> {
  const known = new Map(readIndex(folder).map((line) => [line.folder, line]));
  const runs: IndexedRun[] = [];
  const skipped: SkippedFolder[] = [];
  const seen = new Map<string, string>();
  for (const name of await foldersIn(folder)) {
    try {
      const stamp = `${benchVersion} ${stampOf(join(folder, name))}`;
      const line = known.get(name);
      const holds = line?.stamp === stamp && line.seal === sealed(line).seal;
      const run = holds ? line : readEntry(folder, name, stamp);
      const twice = seen.get(run.runId);
      if (twice !== undefined) throw new Error(`it is the same run as ${twice}`);
      seen.set(run.runId, name);
      runs.push(run);
    } catch (error) {
      skipped.push({ folder: name, reason: reasonOf(error, join(folder, name)) });
    }
  }
  const order = ({ startedAt, runId }: IndexedRun) => `${startedAt} ${runId}`;
  runs.sort((a, b) => (order(a) < order(b) ? -1 : 1));
  const isIndexed = known.size === runs.length && runs.every((run) => known.get(run.folder) === run);
  return { runs, skipped, isIndexed };
}

/**
 * Replaces the index as a whole: of two that write at once, the later one stays, and each is complete.
 * @throws {Failure} unfit: it cannot be written.
 */
export async function writeIndex(folder: string, runs: readonly IndexedRun[], disk: Disk): Promise<void> {
  const lines = runs.map((run) => {
    const { text, seal } = sealed(run);
    return `${text.slice(0, -1)},"seal":"${seal}"}\n`;
  });
  await writeAtomically(join(folder, historyIndexFile), lines.join(''), disk);
}

/** A run as the index has it, where numbers are rounded, and its seal: a line that is damaged may still be JSON. */
function sealed({ seal: _, ...run }: IndexedRun): { readonly text: string; readonly seal: string } {
  const text = JSON.stringify(toData(run));
  return { text, seal: createHash('sha256').update(text).digest('hex').slice(0, 16) };
}

/** An index that is missing or damaged is made again. */
function readIndex(folder: string): readonly IndexedRun[] {
  try {
    return readLines(join(folder, historyIndexFile), historyIndexFile, indexedRunSchema).documents;
  } catch {
    return [];
  }
}

/** Run folders and those that look like none. Files, links and hidden folders are nobody's runs. */
async function foldersIn(folder: string): Promise<readonly string[]> {
  let entries: readonly Dirent[];
  try {
    entries = await readdir(folder, { withFileTypes: true });
  } catch (cause) {
    throw new Failure('usage', `cannot read the runs in ${folder}: ${systemWords(cause)}`, {
      hint: 'Name the folder that has the run folders: bench history FOLDER',
      cause,
    });
  }
  return entries
    .filter((it) => it.isDirectory() && !it.name.startsWith('.') && it.name !== historySiteFolder)
    .map(({ name }) => name)
    .sort();
}

/** Size and time of the two files that a line is made of. */
function stampOf(directory: string): string {
  return [runFile, summaryFile]
    .map((name) => {
      const { size, mtimeMs } = lstatSync(join(directory, name));
      return `${size}@${mtimeMs}`;
    })
    .join(' ');
}

/**
 * Of summary.json, only what the index keeps is checked: with all of it, a thousand runs would take four times as
 * long.
 */
const foundSchema = z.object({
  runId: runIdSchema,
  overheads: z.array(z.object(indexedOverheadSchema.shape)),
});

/** The command that repeats a run is not computed: it is half of the time that run.json takes. */
function readEntry(folder: string, name: string, stamp: string): IndexedRun {
  const directory = join(folder, name);
  const run = readDocument(join(directory, runFile), mostRunBytes, runSchema);
  const summary = readDocument(join(directory, summaryFile), mostSummaryBytes, foundSchema);
  if (summary.runId !== run.runId) throw new Error(`${summaryFile} is of another run, ${summary.runId}`);
  return indexedRun(run, summary.overheads, { folder: name, stamp });
}

const toData = toDataKeys(indexedRunSchema);

function reasonOf(error: unknown, directory: string): string {
  const code = errorCode(error);
  if (code === 'ENOENT') {
    return messageOf(error).includes(runFile)
      ? `it has no ${runFile}: it is no run folder`
      : `it has no ${summaryFile}: the run was killed, is being measured, or its report was never made`;
  }
  if (code !== undefined) return `it cannot be read: ${systemWords(error)}`;
  return messageOf(error).replaceAll(`${directory}/`, '');
}
