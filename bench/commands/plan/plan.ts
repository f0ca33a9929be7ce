import { exitCodes } from '../../model/failure.ts';
import { declaredComparisons } from '../../model/plan.ts';
import { present } from '../../model/present.ts';
import { roundsNeeded } from '../../model/rounds-needed.ts';
import { forbidden, unguarded } from '../../model/unguarded.ts';
import { planCases } from '../../plan/cases.ts';
import { planCommand } from '../../plan/plan-command.ts';
import { planWarnings } from '../../plan/plan-warnings.ts';
import { schedule } from '../../schedule/schedule.ts';
import { calibrationsDirectory, keptCalibration } from '../calibrate/calibration-file.ts';
import type { CommandRunner } from '../command.ts';
import { documentText } from '../documents.ts';
import { stackToMeasure } from '../engine/engine-choice.ts';
import { thisMachine } from '../engine/this-machine.ts';
import { tellWarnings } from '../tell-warnings.ts';
import { knownSpreads } from './known-spreads.ts';
import { planCreations } from './plan-needs.ts';
import { predicted } from './plan-prediction.ts';
import { planText } from './plan-text.ts';
import { plannedBy } from './planned.ts';

/**
 * `bench plan`: what `bench run` would do with the same arguments. Reads what is known about this machine and
 * changes nothing.
 */
export const plan: CommandRunner = async ({ flags }, outside) => {
  const { plan, chosen, sources, results, guard, install, subnet } = await plannedBy(flags, outside);
  const machine = await thisMachine(await stackToMeasure(flags, outside));
  const calibration = machine && (await keptCalibration(calibrationsDirectory(flags, outside), machine));
  const spreads = machine && (await knownSpreads(plan, machine, results, calibration));
  const { duration, prediction } = predicted(plan, spreads ?? []);
  const warnings = [
    ...planWarnings(plan),
    ...(guard || plan.service?.running !== undefined ? [] : [unguarded(forbidden)]),
  ];
  if (flags['json'] === true) {
    const declared = declaredComparisons(plan);
    const document = {
      plan,
      sources,
      cases: planCases(plan),
      declared: { comparisons: declared, roundsNeeded: roundsNeeded(plan.confidence, declared) },
      duration,
      ...present({ prediction }),
      creates: planCreations(plan),
      schedule: schedule({ ...plan, rounds: duration.rounds }),
      command: planCommand(plan),
      warnings,
    };
    outside.stdout.write(documentText('plan-output', document));
    return exitCodes.ok;
  }
  const verbose = flags['verbose'] === true;
  const text = planText(plan, duration, {
    ...{ guard, install, subnet, prediction },
    ...{ chosen, sources, verbose },
  });
  outside.stdout.write(outside.asCalled(`${text}\nTo run exactly this:\n  ${planCommand(plan)}\n`));
  tellWarnings(warnings, outside.stderr);
  return exitCodes.ok;
};
