import { resolve } from 'node:path';
import { renderExport } from '../../../reports/formats/render-export.ts';
import { type ExportFormat, exportFormats } from '../../model/export-format.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import { wordHint } from '../../model/nearest.ts';
import { present } from '../../model/present.ts';
import { writeAtomically } from '../../run-folder/atomic-file.ts';
import { findRun } from '../../run-folder/find-run.ts';
import { readRunRecord } from '../../run-folder/read-run-record.ts';
import type { CommandRunner, Invocation } from '../command.ts';
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
  const output = textOf(flags['output']);
  if (output === undefined) outside.stdout.write(text);
  else await writeAtomically(resolve(outside.directory, output), text, outside.disk);
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

function textOf(flag: unknown): string | undefined {
  return typeof flag === 'string' && flag !== '' ? flag : undefined;
}
