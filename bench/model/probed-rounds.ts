import type { Plan } from './plan.ts';

/** Small tasks are timed in so many rounds at most: enough for an interval, and no minutes more where rounds are many. */
const mostProbed = 10;

/** In how many of a run's rounds small tasks are timed. */
export function probedRounds({ probes }: Pick<Plan, 'probes'>, rounds: number): number {
  return probes === true ? Math.min(rounds, mostProbed) : 0;
}

/**
 * Whether small tasks are timed in a round, and its servers start one after the other. These rounds are spread evenly
 * over the run. A run that may stop at any round times them in its first rounds.
 * @param round 1, 2, 3 …
 */
export function isProbed(plan: Pick<Plan, 'probes' | 'rounds' | 'stopping'>, round: number): boolean {
  const probed = probedRounds(plan, plan.rounds);
  if (plan.stopping !== undefined) return round <= probed;
  const until = (it: number) => Math.floor((it * probed) / plan.rounds);
  return until(round) > until(round - 1);
}
