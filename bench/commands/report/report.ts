import { existsSync } from 'node:fs';
import { basename, join } from 'node:path';
import { renderSummaryJson } from '../../../reports/json.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import { slicesFile, summaryFile } from '../../run-folder/files.ts';
import { findRun } from '../../run-folder/find-run.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import type { CommandRunner } from '../command.ts';
import { resultsDirectory } from '../places.ts';
import { showReport } from './show-report.ts';
import { makeReports, savePicture, saveReports } from './write-reports.ts';

/**
 * `bench report [RUN]`: makes all reports of a run folder again, from the measured data. With --explain it
 * writes nothing. It then explains one figure, or lists the figures: all, or those with a text in their name.
 */
export const report: CommandRunner = async ({ flags, operands }, outside) => {
  const [argument = 'latest'] = operands;
  const directory = await findRun(resultsDirectory(flags, outside), argument, outside.directory);
  const wanted = flags['explain'];
  if (wanted !== undefined) {
    const json = flags['json'] === true;
    // Loaded only when it is asked for: a report does not wait for it.
    const { explained } = await import('./explained.ts');
    const text = explained(await readRunFolder(directory), wanted, json);
    outside.stdout.write(json ? text : outside.asCalled(text));
    return exitCodes.ok;
  }
  assertNotPruned(directory);
  const reports = await makeReports(directory, outside.installation);
  const { model } = reports;
  await saveReports(directory, reports, outside.disk);
  if (flags['picture'] === true) await savePicture(directory, model, outside);
  const { stdout } = outside;
  if (flags['json'] === true) stdout.write(renderSummaryJson(model));
  else stdout.write(renderTerminal(model, { width: stdout.columns, all: flags['all'] === true }));
  await showReport(directory, flags, outside);
  return exitCodes.ok;
};

/**
 * Reports that are made of no slices would replace what is left of a pruned run.
 * @throws {Failure} usage: it has a summary, and no slices.
 */
function assertNotPruned(directory: string): void {
  const [slices, summary] = [slicesFile, summaryFile].map((name) => join(directory, name));
  if (slices === undefined || summary === undefined || existsSync(slices) || !existsSync(summary)) return;
  throw new Failure(
    'usage',
    `run ${basename(directory)} has no ${slicesFile}, so its reports cannot be made again`,
    { hint: `What it found is in ${summary}. bench history prune removes the slices of old runs.` },
  );
}
