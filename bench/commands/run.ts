import { join } from 'node:path';
import { renderSummaryJson } from '../../reports/json.ts';
import { renderTerminal } from '../../reports/terminal.ts';
import type { CommandRunner } from '../cli.ts';
import type { Collected } from '../collect/collect.ts';
import { exitCodes } from '../model/failure.ts';
import type { Summary } from '../model/summary.ts';
import type { Outside } from '../outside.ts';
import { planWarnings } from '../plan/plan-warnings.ts';
import { measure } from './measure.ts';
import { type EngineAccess, engineAccess } from './open-engine.ts';
import { assertWritable, resultsDirectory, wantedSubnet } from './places.ts';
import { plannedBy } from './planned.ts';
import { tellWarnings } from './tell-warnings.ts';
import { writeReports } from './write-reports.ts';

/**
 * `bench run`:
 *
 *   plan → engine → fit? → lab image → [ lab → run folder → collect → lab gone ] → engine given back
 *        → read the folder → reports → exit code
 *
 * The report is made from the folder, as `bench report` would: what cannot be read back was not measured.
 */
export const run: CommandRunner = async ({ flags }, outside) => {
  const startedAt = outside.clock.monotonicSeconds();
  const say = (line: string) => outside.stderr.write(`${line}\n`);
  const plan = await plannedBy(flags, outside);
  tellWarnings(planWarnings(plan), outside.stderr);
  const interrupted = outside.catchInterrupts();
  const access: EngineAccess = {
    ...engineAccess(flags, outside, { interrupted, install: flags['setup'] === true }),
    userlandProxy: plan.userlandProxy,
  };
  const results = resultsDirectory(flags, outside);
  const subnet = wantedSubnet(flags, outside);
  await assertWritable(results);

  const openFirewall = flags['openFirewall'] === true;
  const measuring = { results, subnet, openFirewall, startedAt, access };
  const { directory, collected } = await measure(plan, measuring, outside);

  const model = await writeReports(directory, outside.installation);
  const { stdout } = outside;
  if (flags['json'] === true) stdout.write(renderSummaryJson(model));
  else stdout.write(renderTerminal(model, { width: stdout.columns }));
  say(`\nreport: ${join(directory, 'report.html')}`);
  return exitCodeOf(collected, model.summary, outside);
};

/** A case that has not one slice that counts says nothing: it failed, whatever the reason. */
function exitCodeOf(collected: Collected, summary: Summary, outside: Outside): number {
  if (collected.failure !== undefined) {
    outside.stderr.write(`bench: the run ended early: ${collected.failure.message}\n`);
    if (collected.failure.hint !== undefined) outside.stderr.write(`  ${collected.failure.hint}\n`);
    return exitCodes.partial;
  }
  if (collected.state === 'partial') return exitCodes.interrupted;
  const silent = summary.cases.some(({ slices }) => slices.completed === 0);
  if (!silent && collected.failedSlices === 0) return exitCodes.ok;
  const why = new Set(['failed-slices', 'unmeasured-case', 'evidence-contradicted', 'invalid-slices']);
  tellWarnings(
    summary.warnings.filter(({ code }) => why.has(code)),
    outside.stderr,
  );
  outside.stderr.write('bench: not every case could be measured\n');
  return exitCodes.casesFailed;
}
