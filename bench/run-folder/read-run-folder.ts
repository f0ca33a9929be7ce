import { join } from 'node:path';
import { evidenceSchema } from '../model/evidence.ts';
import { Failure } from '../model/failure.ts';
import type { RecordedRun } from '../model/recorded-run.ts';
import { type Run, runSchema } from '../model/run.ts';
import { sliceSchema } from '../model/slice.ts';
import { errorCode, systemWords } from '../model/system-error.ts';
import type { Warning } from '../model/warning.ts';
import { planCommand } from '../plan/plan-command.ts';
import { evidenceFile, runFile, slicesFile } from './files.ts';
import { notARunFolder } from './find-run.ts';
import { readDocument } from './read-document.ts';
import { readLines } from './read-lines.ts';
import { mostRunBytes } from './received-file.ts';

/**
 * Reads a run folder back. Every line is checked against its schema.
 *
 * The traces of a kill are no error: a truncated last line is left out, and a run that still says `running`
 * is read as partial, each with a warning.
 *
 * @throws {Failure} usage: no run folder, unreadable, damaged in the middle, or from a newer or an older
 *   bench.
 */
export async function readRunFolder(directory: string): Promise<RecordedRun> {
  const run = await readRun(directory);
  const slices = readLines(join(directory, slicesFile), slicesFile, sliceSchema);
  const evidence = readLines(join(directory, evidenceFile), evidenceFile, evidenceSchema);
  const ended = endedRun(run);
  return {
    run: ended.run,
    slices: slices.documents,
    evidence: evidence.documents,
    warnings: [
      ...ended.warnings,
      ...slices.warnings,
      ...evidence.warnings,
      ...lostFile(run, slicesFile, slices.present),
      ...lostFile(run, evidenceFile, evidence.present),
    ],
  };
}

/** A run that ended as complete wrote both files. A missing one was lost afterwards. */
function lostFile(run: Run, file: string, present: boolean): readonly Warning[] {
  if (run.state !== 'complete' || present) return [];
  return [
    {
      code: 'file-missing',
      message: `The run was complete, but ${file} is missing.`,
      hint: 'Restore the file from a copy of the run folder, or repeat the run. bench cannot show anything without it.',
    },
  ];
}

/**
 * Reads what a run was meant to be, without what it measured.
 * @throws {Failure} usage, as `readRunFolder`.
 */
export async function readRun(directory: string): Promise<Run> {
  const path = join(directory, runFile);
  try {
    const run = readDocument(path, mostRunBytes, runSchema);
    // The command to type is computed from the plan: a received folder could contain any command as text.
    return { ...run, command: planCommand(run.plan, run) };
  } catch (cause) {
    const code = errorCode(cause);
    if (code === undefined) throw cause;
    if (code === 'ENOENT' || code === 'ENOTDIR') throw await notARunFolder(directory, cause);
    throw new Failure('usage', `cannot read ${path}: ${systemWords(cause)}`, {
      hint: 'Make the run folder readable.',
      cause,
    });
  }
}

/** An unfinished folder is partial. The folder does not show whether its bench still runs. */
export function endedRun(run: Run): { readonly run: Run; readonly warnings: readonly Warning[] } {
  if (run.state !== 'running') return { run, warnings: [] };
  const stateReason = 'bench was killed before it could end the run, or is still measuring';
  return {
    run: { ...run, state: 'partial', stateReason },
    warnings: [
      {
        code: 'unfinished-run',
        message: `run ${run.runId} is unfinished: ${stateReason}`,
        hint: 'If bench still runs, wait for it. Otherwise `bench clean` removes what it left on the machine.',
      },
    ],
  };
}
