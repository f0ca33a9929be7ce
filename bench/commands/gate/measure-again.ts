import { dirname } from 'node:path';
import type { Subject } from '../../../reports/gate/subject.ts';
import { Failure } from '../../model/failure.ts';
import type { RunRecord } from '../../model/run-record.ts';
import type { Outside } from '../../outside.ts';
import { largestSeed } from '../../plan/options.ts';
import { restrictedPlan } from '../../plan/restricted-plan.ts';
import { readRunRecord } from '../../run-folder/read-run-record.ts';
import type { Invocation } from '../command.ts';
import { engineAccess } from '../engine/open-engine.ts';
import { assertWritable } from '../places.ts';
import { plannedAgain } from '../plan/planned.ts';
import { makeReports, saveReports } from '../report/write-reports.ts';
import { endedEarly, measure } from '../run/measure.ts';
import { tellFailure } from '../tell-failure.ts';

/**
 * Measures some comparisons of a run again, afresh, by the plan of that run:
 *
 *   its plan → restricted to them → what it names is looked up → engine → new run folder beside it → reports
 *
 * @param flags those of the machine, as `bench run` has them. A run in a lab is measured again in a lab.
 * @returns the second run, or why there is none, which is told. Also an interrupt ends the second run alone: what the first
 *   one found is known by then.
 */
export async function triedAgain(...all: Parameters<typeof measureAgain>): Promise<RunRecord | Failure> {
  try {
    return await measureAgain(...all);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const [, , , outside] = all;
    tellFailure(error, outside);
    return error;
  }
}

/** @throws {Failure} as `bench run`: nothing was measured then, or not all of it. */
async function measureAgain(
  { folder, run }: RunRecord,
  failing: readonly Subject[],
  flags: Invocation['flags'],
  outside: Outside,
): Promise<RunRecord> {
  const startedAt = outside.clock.monotonicSeconds();
  const plan = restrictedPlan(run.plan, failing, run, Math.floor(outside.random() * (largestSeed + 1)));
  const { endpoint } = run.environment.engine;
  const all = { ...flags, ...(endpoint === 'lab' ? { lab: true } : {}) };
  const { install, ...asked } = await plannedAgain(run.plan, all, outside);
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
