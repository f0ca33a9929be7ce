import { basename } from 'node:path';
import { renderJunit } from '../../../reports/formats/junit.ts';
import { assertedOf, checkOf } from '../../../reports/gate/check.ts';
import { confirmed, isToConfirm, unconfirmed } from '../../../reports/gate/confirm.ts';
import { gateResultOf } from '../../../reports/gate/gate-result.ts';
import { gateText } from '../../../reports/gate/gate-text.ts';
import { knownRun } from '../../../reports/gate/judging.ts';
import type { Subject } from '../../../reports/gate/subject.ts';
import { assertTellable } from '../../../reports/gate/tellable.ts';
import { exitCodes, Failure } from '../../model/failure.ts';
import type { GateConfig, GateResult } from '../../model/gate.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { Outside } from '../../outside.ts';
import { readConfig } from '../../plan/config-file.ts';
import { findRun } from '../../run-folder/find-run.ts';
import { readRunRecord } from '../../run-folder/read-run-record.ts';
import type { CommandRunner } from '../command.ts';
import { documentText } from '../documents.ts';
import { futureWords } from '../future-run.ts';
import { assertNamedFile, writeNamedFile } from '../named-file.ts';
import { resultsDirectory } from '../places.ts';
import { tellFailure } from '../tell-failure.ts';
import { tellWarnings } from '../tell-warnings.ts';
import { earlierRuns } from './earlier-runs.ts';

/**
 * `bench gate [RUN]`: whether a run keeps what the config asserts.
 *
 *   assertions → comparisons of the run → tellable? → checks → (failing ones measured again) → verdict line, exit code
 */
export const gate: CommandRunner = async ({ flags, operands }, outside) => {
  const config = await gateConfig(outside.directory);
  const { junit } = flags;
  const report = typeof junit === 'string' ? { flag: '--junit', name: junit } : undefined;
  if (report !== undefined) await assertNamedFile(report, outside);
  const results = resultsDirectory(flags, outside);
  const [argument = 'latest'] = operands;
  const record = await readRunRecord(await findRun(results, argument, outside.directory));
  if (argument === 'latest') assertLatest(record, outside.clock.now());
  const asserted = assertedOf(config, record);
  const { accepted } = config;
  const against = typeof flags['against'] === 'string' ? flags['against'] : 'history';
  const earlier = await earlierRuns(record, { against, results, accepted }, outside);
  const judging = { record: knownRun(record), earlier: earlier.map(knownRun), accepted };
  for (const it of asserted) assertTellable(it, judging);
  const judged = asserted.map((it) => ({ asserted: it, check: checkOf(it, judging) }));
  const failing = flags['confirm'] === true ? judged.filter(isToConfirm) : [];
  const again = failing.length === 0 ? undefined : await secondRun(failing.map((it) => it.asserted.subject));
  const checks = judged.map((it) => {
    if (again === undefined || !isToConfirm(it)) return it.check;
    return again instanceof Failure ? unconfirmed(it, again) : confirmed(it, judging, knownRun(again));
  });
  const result = gateResultOf(checks, judging, {
    strict: flags['strict'] === true,
    confirmedBy: again instanceof Failure ? undefined : again?.run.runId,
  });
  tellWarnings(result.warnings, outside.stderr);
  if (report !== undefined) await saveReport(report, result, outside);
  const json = flags['json'] === true;
  outside.stdout.write(json ? documentText('gate-output', result) : gateText(result, flags['all'] === true));
  return result.exitCode;

  /** What measures is loaded only where something is measured. */
  async function secondRun(subjects: readonly Subject[]): Promise<RunRecord | Failure> {
    const { triedAgain } = await import('./measure-again.ts');
    return triedAgain(record, subjects, flags, outside);
  }
};

/**
 * A report that is lost takes the place of no regression: that is told, and the verdict stands.
 * @throws {Failure} unfit: it cannot be written, and no check failed.
 */
async function saveReport(
  report: Parameters<typeof writeNamedFile>[0],
  result: GateResult,
  outside: Outside,
): Promise<void> {
  try {
    await writeNamedFile(report, renderJunit(result), outside);
  } catch (error) {
    if (!(error instanceof Failure) || result.exitCode !== exitCodes.regression) throw error;
    tellFailure(error, outside);
  }
}

/** @throws {Failure} usage: the run is the latest one only by the name of its folder, or because a clock was wrong. */
function assertLatest({ run, folder }: RunRecord, now: Date): void {
  const isRenamed = basename(folder) !== run.runId;
  const words = isRenamed
    ? `the newest run folder, ${folder}, holds run ${run.runId}, and its name is that of another run`
    : futureWords(run, now);
  if (words === undefined) return;
  throw new Failure('usage', words, {
    hint: `Name the run to judge: bench gate RUN. ${isRenamed ? 'Move' : 'Set the clock, or move'} that folder away.`,
  });
}

/** @throws {Failure} usage: there is no config, or it asserts nothing. */
async function gateConfig(directory: string): Promise<GateConfig> {
  const found = await readConfig(directory);
  const config = found?.config.gate;
  if (config !== undefined && config.assertions.length > 0) return config;
  const message =
    found === undefined
      ? `there is no config in ${directory}`
      : `${found.file} asserts nothing: it has no gate`;
  throw new Failure('usage', message, {
    hint: 'Write what a run must keep, under gate: in bench.config.yaml. bench init writes one with an example.',
  });
}
