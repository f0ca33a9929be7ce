import type { CommandRunner } from '../cli.ts';
import { exitCodes } from '../model/failure.ts';
import { planCases } from '../plan/cases.ts';
import { planCommand } from '../plan/plan-command.ts';
import { planDuration } from '../plan/plan-duration.ts';
import { planWarnings } from '../plan/plan-warnings.ts';
import { schedule } from '../schedule/schedule.ts';
import { planContainers, planText } from './plan-text.ts';
import { plannedBy } from './planned.ts';
import { tellWarnings } from './tell-warnings.ts';

/** `bench plan`: what `bench run` would do with the same arguments. Touches nothing. */
export const plan: CommandRunner = async ({ flags }, outside) => {
  const plan = await plannedBy(flags, outside);
  const duration = planDuration(plan);
  const warnings = planWarnings(plan);
  if (flags['json'] === true) {
    const document = {
      plan,
      cases: planCases(plan),
      duration,
      creates: planContainers(plan),
      schedule: schedule({ ...plan, rounds: duration.rounds }),
      command: planCommand(plan),
      warnings,
    };
    outside.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
    return exitCodes.ok;
  }
  outside.stdout.write(planText(plan, duration));
  outside.stdout.write(`\nTo run exactly this:\n  ${planCommand(plan)}\n`);
  tellWarnings(warnings, outside.stderr);
  return exitCodes.ok;
};
