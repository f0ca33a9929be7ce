import { renderSummaryJson } from '../../../reports/json.ts';
import { renderTerminal } from '../../../reports/terminal.ts';
import type { Collected } from '../../collect/collect.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { planWarnings } from '../../plan/plan-warnings.ts';
import type { CommandRunner, Invocation } from '../command.ts';
import { type EngineAccess, engineAccess } from '../engine/open-engine.ts';
import { assertWritable } from '../places.ts';
import { plannedBy } from '../plan/planned.ts';
import { showReport } from '../report/show-report.ts';
import { makeReports, savePicture, saveReports } from '../report/write-reports.ts';
import { tellFailure } from '../tell-failure.ts';
import { tellWarnings } from '../tell-warnings.ts';
import { endedEarly, measure } from './measure.ts';
import { exitCodeOf } from './run-exit-code.ts';

/**
 * `bench run`:
 *
 *   plan → engine → fit? → nobody else measures → lab image → [ stage → run folder → collect → stage gone ] → engine given back
 *        → read the folder → reports → exit code
 *
 * The report is made from the folder, as `bench report` would make it. Data that cannot be read back counts
 * as not measured.
 */
export const run: CommandRunner = async ({ flags }, outside) => {
  const startedAt = outside.clock.monotonicSeconds();
  const { plan, install, ...asked } = await plannedBy(flags, outside);
  tellWarnings(planWarnings(plan), outside.stderr);
  const interrupted = outside.catchInterrupts();
  const access: EngineAccess = {
    ...engineAccess(flags, outside, { interrupted, install }),
    userlandProxy: plan.userlandProxy,
  };
  await assertWritable(asked.results);
  const { directory, collected } = await measure(plan, { ...asked, startedAt, access }, outside);

  return reported(directory, collected, flags, outside);
};

/**
 * Prints the result of a run, and writes its reports. Where they cannot be written, the exit code is that of
 * a partial run. The result is on stdout then, and the run folder stays.
 * @throws {Failure} partial: the run folder cannot be read back. casesFailed: nothing was measured.
 */
export async function reported(
  directory: string,
  collected: Collected,
  flags: Invocation['flags'],
  outside: Outside,
): Promise<number> {
  // The user's service did not start: nothing was measured, and there is nothing to report.
  if (collected.failure?.kind === 'casesFailed') throw collected.failure;
  const reports = await makeReports(directory, outside.installation).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    throw nothingToRead(collected.failure ?? error, error);
  });
  const { model } = reports;
  const { stdout } = outside;
  if (flags['json'] === true) stdout.write(renderSummaryJson(model));
  else stdout.write(renderTerminal(model, { width: stdout.columns, all: flags['all'] === true }));
  try {
    await saveReports(directory, reports, outside.disk);
    if (flags['picture'] === true) await savePicture(directory, model, outside);
    await showReport(directory, flags, outside);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (collected.failure !== undefined) tellFailure(endedEarly(collected.failure, directory), outside);
    tellFailure(error, outside);
    return exitCodes.partial;
  }
  return exitCodeOf(directory, collected, model.summary, outside);
}

function nothingToRead({ message, hint }: Failure, cause: Failure): Failure {
  const lost = `bench cannot read the measured data: ${cause.message}`;
  return new Failure('partial', `the run ended early: ${message}`, {
    hint: hint === undefined ? lost : `${hint}\n${lost}`,
    cause,
  });
}
