import type { Case, Deployment } from '../model/case.ts';
import type { Plan } from '../model/plan.ts';

/**
 * What is deployed afresh in each round: server × path × role. One deployment serves all profiles.
 * Every baseline has its twin.
 */
export function planDeployments(plan: Plan): Deployment[] {
  return plan.servers.flatMap((server) =>
    plan.comparisons.flatMap(({ baseline, contenders }): Deployment[] => [
      { server, path: baseline, role: 'baseline' },
      { server, path: baseline, role: 'twin' },
      ...contenders.map((path): Deployment => ({ server, path, role: 'contender' })),
    ]),
  );
}

/** What is measured in each block: every deployment under every load profile. */
export function planCases(plan: Plan): Case[] {
  return planDeployments(plan).flatMap((deployment) =>
    plan.profiles.map(({ name }): Case => ({ ...deployment, profile: name })),
  );
}
