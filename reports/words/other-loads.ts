import type { Plan } from '../../bench/model/plan.ts';
import { type ProfileName, profileNames } from '../../bench/model/profile.ts';

/** Profiles of every default run: their words and formulas are in every report. */
const usual: readonly ProfileName[] = ['latency', 'steady', 'throughput'];

/** Profiles that a report need not explain, because its run has none of them. */
export function otherLoads({ profiles }: Pick<Plan, 'profiles'>): readonly string[] {
  return profileNames.filter((name) => !usual.includes(name) && !profiles.some((it) => it.name === name));
}
