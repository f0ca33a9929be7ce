import { renderExport } from '../../../reports/formats/render-export.ts';
import { type ExportFormat, exportFormats } from '../../model/export-format.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import { wordHint } from '../../model/nearest.ts';
import { present } from '../../model/present.ts';
import type { RunRecord } from '../../model/run-record.ts';
import { findRun } from '../../run-folder/find-run.ts';
import { readRunRecord } from '../../run-folder/read-run-record.ts';
import type { CommandRunner, Invocation } from '../command.ts';
import { isStdout, writeNamedFile } from '../named-file.ts';
import { resultsDirectory } from '../places.ts';

/** `bench export [RUN…] --format NAME`: figures of runs in the format of another tool, on stdout or in a file. */
export const exportRuns: CommandRunner = async ({ flags, operands }, outside) => {
  const format = wantedFormat(flags);
  const results = resultsDirectory(flags, outside);
  const folders = await Promise.all(
    (operands.length === 0 ? ['latest'] : operands).map((run) => findRun(results, run, outside.directory)),
  );
  const distinct = [...new Set(folders)];
  if (exportFormats[format].runs === 'one' && distinct.length > 1) {
    throw new Failure('usage', `${format} holds one run, and ${distinct.length} were given`, {
      hint: `Formats for several: ${severalRuns.join(', ')}`,
    });
  }
  const records = await Promise.all(distinct.map(readRunRecord));
  assertDistinct(records);
  const figure = textOf(flags['figure']);
  const { text, notes, figures } = renderExport(records, format, {
    all: flags['all'] === true,
    ...present({ figure }),
  });
  if (figure !== undefined && figures === 0) {
    throw new Failure('usage', `no figure has "${figure}" in its name`, {
      hint: `List the names with: bench report ${operands[0] ?? 'latest'} --explain`,
    });
  }
  for (const note of notes) outside.stderr.write(`bench: ${note}\n`);
  const { output } = flags;
  if (typeof output === 'string' && !isStdout(output))
    await writeNamedFile({ flag: '--output', name: output }, text, outside);
  else outside.stdout.write(text);
  return exitCodes.ok;
};

const names = Object.keys(exportFormats).filter(isFormat);
const severalRuns = names.filter((name) => exportFormats[name].runs === 'several');

function isFormat(name: string): name is ExportFormat {
  return name in exportFormats;
}

function wantedFormat(flags: Invocation['flags']): ExportFormat {
  const wanted = textOf(flags['format']);
  if (wanted === undefined) {
    throw new Failure('usage', 'export needs --format', { hint: `Formats: ${names.join(', ')}` });
  }
  if (isFormat(wanted)) return wanted;
  throw new Failure('usage', `--format: unknown format "${wanted}"`, {
    hint: wordHint(wanted, names, 'Formats'),
  });
}

/** @throws {Failure} usage: two folders hold one run, whose figures would count twice. */
function assertDistinct(records: readonly RunRecord[]): void {
  const seen = new Map<string, string>();
  for (const { run, folder } of records) {
    const other = seen.get(run.runId);
    if (other !== undefined) {
      throw new Failure('usage', `${other} and ${folder} hold the same run, ${run.runId}`, {
        hint: 'Name one of them.',
      });
    }
    seen.set(run.runId, folder);
  }
}

function textOf(flag: unknown): string | undefined {
  return typeof flag === 'string' && flag !== '' ? flag : undefined;
}
