import { join } from 'node:path';
import { renderCompareMarkdown } from '../../../reports/across/compare-markdown.ts';
import { compareRuns } from '../../../reports/across/compare-runs.ts';
import { renderCompareTerminal } from '../../../reports/across/compare-terminal.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import type { RunComparisons } from '../../model/run-comparison.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { Outside } from '../../outside.ts';
import { findRun } from '../../run-folder/find-run.ts';
import { readRunRecord } from '../../run-folder/read-run-record.ts';
import type { CommandRunner, Invocation } from '../command.ts';
import { documentText } from '../documents.ts';
import { writeNamedFile } from '../named-file.ts';
import { resultsDirectory } from '../places.ts';

/**
 * `bench compare RUN RUN [RUN…]`: how the overheads of later runs differ from those of the first, and what three runs or
 * more have in common. It reads summaries and measures nothing. A difference is no failure: the exit code is 0.
 */
export const compare: CommandRunner = async ({ flags, operands }, outside) => {
  if (flags['json'] === true && flags['markdown'] === true) {
    throw new Failure('usage', '--json and --markdown both print to stdout', { hint: 'Give one of them.' });
  }
  const document = compareRuns(await recordsOf(flags, operands, outside));
  // Before anything is printed: an error must not follow a document on stdout.
  const page =
    flags['html'] === undefined ? undefined : await saveHtml(String(flags['html']), document, outside);
  const { stdout, stderr } = outside;
  if (flags['json'] === true) stdout.write(documentText('compare-output', document));
  else if (flags['markdown'] === true) stdout.write(renderCompareMarkdown(document));
  else stdout.write(renderCompareTerminal(document, { width: stdout.columns, all: flags['all'] === true }));
  if (page !== undefined) stderr.write(`\nreport: ${page}\n`);
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

async function saveHtml(name: string, document: RunComparisons, outside: Outside): Promise<string> {
  // Loaded only when it is asked for: the charts are large.
  const { renderCompareHtml } = await import('../../../reports/across/compare-html.ts');
  const fontsDirectory = join(outside.installation, 'reports', 'fonts');
  const page = await renderCompareHtml(document, { fontsDirectory });
  return writeNamedFile({ flag: '--html', name }, page, outside);
}
