import type { Case } from '../model/case.ts';
import { loadSeconds } from '../model/load-time.ts';
import type { Plan } from '../model/plan.ts';
import type { LoadProfile } from '../model/profile.ts';
import { planDeployments } from './cases.ts';

/**
 * Answers on each connection until it is of age. A younger connection acknowledges every segment separately
 * (bench/docs/method.md, section 1).
 */
export const answersOfAge = 230;

/**
 * The warm-up of each round: every deployment once for each number of connections. Profiles of one number share
 * their connections, but for churn and bulk, which have their own.
 */
export function warmupCases(plan: Plan): Case[] {
  if (plan.warmupSeconds === 0) return [];
  const profiles = plan.profiles.filter(
    (profile, index) => plan.profiles.findIndex((other) => shareConnections(profile, other)) === index,
  );
  return planDeployments(plan).flatMap((deployment) =>
    profiles.map(({ name }): Case => ({ ...deployment, profile: name })),
  );
}

function shareConnections(one: LoadProfile, other: LoadProfile): boolean {
  const apart = ({ load }: LoadProfile) => (load === 'churn' || load === 'bulk' ? load : undefined);
  return one.connections === other.connections && apart(one) === apart(other);
}

/** Guesses, for predictions: answers that one CPU of bench's servers, and of a user's service, gives in a second. */
export const usualRate = 20_000;
const usualServiceRate = 8_000;

/** How long the warm-up is expected to take, in seconds. */
export function expectedWarmup(
  { connections, bulk }: Pick<LoadProfile, 'connections' | 'bulk'>,
  { warmupSeconds, service }: Pick<Plan, 'warmupSeconds' | 'service'>,
): number {
  if (bulk !== undefined) return Math.min(warmupSeconds, answersOfAge * loadSeconds(connections, bulk.bytes));
  return Math.min(warmupSeconds, (connections * answersOfAge) / expectedRate({ service }));
}

/** Answers a second that a prediction expects of a saturated server. */
export function expectedRate({ service }: Pick<Plan, 'service'>): number {
  return service === undefined ? usualRate : usualServiceRate;
}
