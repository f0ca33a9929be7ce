import { answer, listFigures } from '../../../reports/explanation/explain.ts';
import { renderExplanation } from '../../../reports/explanation/explanation-text.ts';
import { renderFigureList, renderFoundFigures } from '../../../reports/explanation/figure-list-text.ts';
import { renderSummaryJson } from '../../../reports/json.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import { exitCodes } from '../../model/failure.ts';
import type { RecordedRun } from '../../model/recorded-run.ts';
import { findRun } from '../../run-folder/find-run.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';
import type { CommandRunner } from '../command.ts';
import { documentText } from '../documents.ts';
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
    const text = explained(await readRunFolder(directory), wanted, json);
    outside.stdout.write(json ? text : outside.asCalled(text));
    return exitCodes.ok;
  }
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

function explained(recorded: RecordedRun, asked: unknown, json: boolean): string {
  if (typeof asked !== 'string') {
    const list = listFigures(recorded);
    return json ? documentText('figures-output', list) : renderFigureList(list);
  }
  const answered = answer(recorded, asked);
  if (answered.kind === 'list') {
    return json ? documentText('figures-output', answered.list) : renderFoundFigures(answered.list);
  }
  const { explanation } = answered;
  return json ? documentText('explanation-output', explanation) : renderExplanation(explanation);
}
