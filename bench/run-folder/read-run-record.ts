import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../model/failure.ts';
import type { RunRecord } from '../model/run-record.ts';
import { type Summary, summarySchema } from '../model/summary.ts';
import { errorCode, systemWords } from '../model/system-error.ts';
import { slicesFile, summaryFile } from './files.ts';
import { readDocument } from './read-document.ts';
import { endedRun, readRun } from './read-run-folder.ts';
import { mostSummaryBytes } from './received-file.ts';

/**
 * Reads what a run found, from run.json and summary.json alone: the slices of an old run may be pruned.
 *
 * @throws {Failure} usage, as `readRunFolder`; also where summary.json is missing, or is of another run.
 */
export async function readRunRecord(directory: string): Promise<RunRecord> {
  const { run } = endedRun(await readRun(directory));
  const summary = await readSummary(directory);
  if (summary.runId !== run.runId) {
    throw new Failure(
      'usage',
      `${join(directory, summaryFile)} is of run ${summary.runId}, and run.json beside it of run ${run.runId}`,
      { hint: `Make summary.json again from the measured data: bench report ${directory}` },
    );
  }
  return { folder: directory, run, summary };
}

async function readSummary(directory: string): Promise<Summary> {
  const path = join(directory, summaryFile);
  try {
    return readDocument(path, mostSummaryBytes, summarySchema);
  } catch (cause) {
    if (cause instanceof Failure) throw await makeItAgain(directory, cause);
    const code = errorCode(cause);
    if (code === undefined) throw cause;
    if (code === 'ENOENT') throw await makeItAgain(directory, new Failure('usage', `${path} is missing`));
    throw new Failure('usage', `cannot read ${path}: ${systemWords(cause)}`, {
      hint: 'Make the run folder readable.',
      cause,
    });
  }
}

/** summary.json is computed from the slices, so the hint depends on whether they are still there. */
async function makeItAgain(directory: string, { message, cause }: Failure): Promise<Failure> {
  const names: readonly string[] = await readdir(directory).catch(() => []);
  const hint = names.includes(slicesFile)
    ? `Make it again from the measured data: bench report ${directory}`
    : `Its slices are not there either, so it cannot be made again: restore ${summaryFile} or ${slicesFile} from a copy of the run folder.`;
  return new Failure('usage', message, { hint, cause });
}
