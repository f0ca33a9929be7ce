import { join } from 'node:path';
import { Failure, messageOf } from '../../model/failure.ts';
import type { AcceptedStep } from '../../model/gate.ts';
import { oneLine } from '../../model/printable.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { Outside } from '../../outside.ts';
import { findRun, runIds } from '../../run-folder/find-run.ts';
import { readRunRecord } from '../../run-folder/read-run-record.ts';
import { tellLines } from '../tell-lines.ts';

/** Where the earlier runs come from. */
interface Asked {
  /** `history`, or a run as `findRun` takes it: also a folder or a file in one, such as a committed summary.json. */
  readonly against: string;
  readonly results: string;
  /** A run that is named is joined by the runs of accepted steps after it. */
  readonly accepted: readonly AcceptedStep[];
}

/**
 * The runs that a run may be compared with, oldest first. Of a history these are all before it: only a check knows which of
 * them count for it.
 * @throws {Failure} usage: a run that is named cannot be read, or is the run itself. Of a history, such runs are named
 *   and left out.
 */
export async function earlierRuns(
  { run }: RunRecord,
  { against, results, accepted }: Asked,
  { directory, stderr }: Pick<Outside, 'directory' | 'stderr'>,
): Promise<readonly RunRecord[]> {
  const known = await runIds(results);
  const before = known.filter((id) => id < run.runId);
  if (against === 'history') return readable(before, results, stderr);
  const named = await readRunRecord(await findRun(results, against, directory));
  if (named.run.runId === run.runId) {
    throw new Failure('usage', `--against ${against}: run ${run.runId} cannot be compared with itself`, {
      hint: 'Name another run, or leave out --against to compare it with all runs before it.',
    });
  }
  const steps = new Set(accepted.map(({ from }) => from));
  const later = before.filter((id) => steps.has(id) && id > named.run.runId);
  return [named, ...(await readable(later, results, stderr))];
}

async function readable(
  ids: readonly string[],
  results: string,
  stderr: Outside['stderr'],
): Promise<readonly RunRecord[]> {
  const records: RunRecord[] = [];
  const leftOut: string[] = [];
  for (const id of ids) {
    try {
      const record = await readRunRecord(join(results, id));
      const { runId } = record.run;
      // A copy under another name would take a place of its own, or be the very run that is judged.
      if (runId !== id)
        throw new Failure('usage', `it holds run ${runId}, and its name is that of another run`);
      records.push(record);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      leftOut.push(`left out of the history: ${id}: ${oneLine(messageOf(error))}`);
    }
  }
  tellLines(leftOut, stderr);
  return records;
}
