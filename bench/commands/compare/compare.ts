import { dirname, join, resolve } from 'node:path';
import { renderCompareMarkdown } from '../../../reports/across/compare-markdown.ts';
import { compareRuns } from '../../../reports/across/compare-runs.ts';
import { renderCompareTerminal } from '../../../reports/across/compare-terminal.ts';
import { exitCodes, Failure, messageOf } from '../../model/failure.ts';
import type { RunComparisons } from '../../model/run-comparison.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { Outside } from '../../outside.ts';
import { writeAtomically } from '../../run-folder/atomic-file.ts';
import { diskFor } from '../../run-folder/disk.ts';
import { findRun } from '../../run-folder/find-run.ts';
import { readRunRecord } from '../../run-folder/read-run-record.ts';
import type { CommandRunner, Invocation } from '../command.ts';
import { documentText } from '../documents.ts';
import { resultsDirectory } from '../places.ts';

/**
 * `bench compare RUN RUN [RUN…]`: how the overheads of later runs differ from those of the first, and what three runs or
 * more have in common. It reads summaries and measures nothing. A difference is no failure: the exit code is 0.
 */
export const compare: CommandRunner = async ({ flags, operands }, outside) => {
  const document = compareRuns(await recordsOf(flags, operands, outside));
  const { stdout } = outside;
  if (flags['json'] === true) stdout.write(documentText('compare-output', document));
  else if (flags['markdown'] === true) stdout.write(renderCompareMarkdown(document));
  else stdout.write(renderCompareTerminal(document, { width: stdout.columns, all: flags['all'] === true }));
  if (flags['html'] !== undefined) await saveHtml(String(flags['html']), document, outside);
  return exitCodes.ok;
};

async function recordsOf(
  flags: Invocation['flags'],
  operands: readonly string[],
  outside: Outside,
): Promise<readonly RunRecord[]> {
  const [first] = operands;
  if (first !== undefined && operands.length === 1) {
    throw new Failure('usage', `compare takes two runs or more, and "${first}" alone was given`, {
      hint: `Name another one to compare it with, e.g. bench compare ${first} latest`,
    });
  }
  const results = resultsDirectory(flags, outside);
  const records: RunRecord[] = [];
  for (const operand of operands) {
    const record = await readRunRecord(await findRun(results, operand, outside.directory));
    const same = records.findIndex(({ run }) => run.runId === record.run.runId);
    if (same >= 0) {
      throw new Failure(
        'usage',
        `"${operands[same]}" and "${operand}" are the same run, ${record.run.runId}`,
        { hint: 'Name each run once.' },
      );
    }
    records.push(record);
  }
  return records;
}

async function saveHtml(name: string, document: RunComparisons, outside: Outside): Promise<void> {
  // Loaded only when it is asked for: the charts are large.
  const { renderCompareHtml } = await import('../../../reports/across/compare-html.ts');
  const { directory, installation, disk, stderr } = outside;
  const path = resolve(directory, name);
  const page = await renderCompareHtml(document, { fontsDirectory: join(installation, 'reports', 'fonts') });
  try {
    await writeAtomically(path, page, await diskFor(dirname(path), disk));
  } catch (cause) {
    throw new Failure('unfit', messageOf(cause), {
      hint: 'Name a file in a directory that is there and writable: --html FILE.',
      cause,
    });
  }
  stderr.write(`\nreport: ${path}\n`);
}
