import { dirname } from 'node:path';
import type { Subject } from '../../../reports/gate/subject.ts';
import { Failure } from '../../model/failure.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { Outside } from '../../outside.ts';
import { attributeOf, largestSeed } from '../../plan/options.ts';
import { saidOptions } from '../../plan/plan-command.ts';
import { restrictedPlan } from '../../plan/restricted-plan.ts';
import { readRunRecord } from '../../run-folder/read-run-record.ts';
import type { Invocation } from '../command.ts';
import { engineAccess } from '../engine/open-engine.ts';
import { assertWritable } from '../places.ts';
import { plannedBy } from '../plan/planned.ts';
import { makeReports, saveReports } from '../report/write-reports.ts';
import { endedEarly, measure } from '../run/measure.ts';

/**
 * Measures some comparisons of a run again, afresh, by the plan of that run:
 *
 *   its plan → restricted to them → its options as flags → engine → new run folder beside it → reports
 *
 * @param flags those of the machine, as `bench run` has them. A run in a lab is measured again in a lab.
 * @throws {Failure} as `bench run`: nothing was measured then, or not all of it.
 */
export async function measureAgain(
  { folder, run }: RunRecord,
  failing: readonly Subject[],
  flags: Invocation['flags'],
  outside: Outside,
): Promise<RunRecord> {
  const startedAt = outside.clock.monotonicSeconds();
  const plan = restrictedPlan(run.plan, failing, run, Math.floor(outside.random() * (largestSeed + 1)));
  const { endpoint } = run.environment.engine;
  const all = { ...flags, ...flagsOf(saidOptions(plan)), ...(endpoint === 'lab' ? { lab: true } : {}) };
  // The services of a Compose file and the like are not in the run folder: they are looked up as for `bench run`.
  const { install, plan: _, ...asked } = await plannedBy(all, outside);
  const results = dirname(folder);
  await assertWritable(results);
  const interrupted = outside.catchInterrupts();
  const access = {
    ...engineAccess(all, outside, { interrupted, install }),
    userlandProxy: plan.userlandProxy,
  };
  const { directory, collected } = await measure(plan, { ...asked, results, startedAt, access }, outside);
  if (collected.failure !== undefined) throw endedEarly(collected.failure, directory);
  if (collected.state === 'partial') {
    throw new Failure(
      'interrupted',
      `interrupted while measuring again; what was measured is in ${directory}`,
    );
  }
  await saveReports(directory, await makeReports(directory, outside.installation), outside.disk);
  return readRunRecord(directory);
}

/** Options as an argument parser keeps flags: one that is given several times is a list. */
function flagsOf(said: ReturnType<typeof saidOptions>): Readonly<Record<string, string | readonly string[]>> {
  const flags: Record<string, string | readonly string[]> = {};
  for (const { key, said: value } of said) {
    const name = attributeOf(key);
    const before = flags[name];
    flags[name] = before === undefined ? value : [before, value].flat();
  }
  return flags;
}
