import { join } from 'node:path';
import { renderSummaryJson } from '../../reports/json.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import type { CommandRunner } from '../cli.ts';
import { exitCodes } from '../model/failure.ts';
import { wantsColor } from '../outside.ts';
import { findRun } from '../run-folder/find-run.ts';
import { resultsDirectory } from './places.ts';
import { writeReports } from './write-reports.ts';

/** `bench report RUN`: makes all reports of a run folder again, from what was measured. */
export const report: CommandRunner = async ({ flags, operands }, outside) => {
  const [argument = 'latest'] = operands;
  const directory = await findRun(resultsDirectory(flags, outside), argument, outside.directory);
  const model = await writeReports(directory, outside.installation);
  if (flags['json'] === true) {
    outside.stdout.write(renderSummaryJson(model));
    return exitCodes.ok;
  }
  const { stdout } = outside;
  stdout.write(renderTerminal(model, { width: stdout.columns, color: wantsColor(stdout, outside.env) }));
  outside.stderr.write(`\nreport: ${join(directory, 'report.html')}\n`);
  return exitCodes.ok;
};
