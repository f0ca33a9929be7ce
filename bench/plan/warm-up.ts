import type { Case } from '../model/case.ts';
import type { Plan } from '../model/plan.ts';
import type { LoadProfile } from '../model/profile.ts';
import { planDeployments } from './cases.ts';

/**
 * Answers on each connection until it is of age. A younger connection acknowledges every segment separately
 * (bench/docs/method.md, section 1).
 */
export const answersOfAge = 230;

/** The warm-up of each round: every deployment once for each number of connections, which profiles share. */
export function warmupCases(plan: Plan): Case[] {
  if (plan.warmupSeconds === 0) return [];
  const profiles = plan.profiles.filter(
    ({ connections }, index) =>
      plan.profiles.findIndex((other) => other.connections === connections) === index,
  );
  return planDeployments(plan).flatMap((deployment) =>
    profiles.map(({ name }): Case => ({ ...deployment, profile: name })),
  );
}

/** A guess, for predictions: answers that one CPU of a server gives in a second. */
const usualRate = 20_000;

/** How long the warm-up is expected to take, in seconds. */
export function expectedWarmup(
  { connections }: Pick<LoadProfile, 'connections'>,
  { warmupSeconds }: Pick<Plan, 'warmupSeconds'>,
): number {
  return Math.min(warmupSeconds, (connections * answersOfAge) / usualRate);
}
