import type { Case, Deployment } from '../model/case.ts';
import type { Plan } from '../model/plan.ts';

/**
 * The deployments that every round makes afresh: server × path × role. One deployment serves all profiles.
 * Every baseline has its twin.
 */
export function planDeployments(plan: Plan): Deployment[] {
  return comparedDeployments(plan).flat();
}

/** Groups of deployments that are compared with each other: by server and baseline. */
function comparedDeployments(plan: Plan): Deployment[][] {
  return plan.servers.flatMap((server) =>
    plan.comparisons.map(({ baseline, contenders }): Deployment[] => [
      { server, path: baseline, role: 'baseline' },
      { server, path: baseline, role: 'twin' },
      ...contenders.map((path): Deployment => ({ server, path, role: 'contender' })),
    ]),
  );
}

/** The cases of each block: every deployment under every load profile. */
export function planCases(plan: Plan): Case[] {
  return planDeployments(plan).flatMap((deployment) =>
    plan.profiles.map(({ name }): Case => ({ ...deployment, profile: name })),
  );
}

/** The same cases, grouped by what is compared with each other: one server, one profile, one baseline. */
export function planGroups(plan: Plan): Case[][] {
  const deployments = comparedDeployments(plan);
  return plan.profiles.flatMap(({ name }) =>
    deployments.map((group) => group.map((deployment): Case => ({ ...deployment, profile: name }))),
  );
}
