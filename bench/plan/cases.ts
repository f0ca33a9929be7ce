import type { Case, Deployment } from '../model/case.ts';
import type { Plan } from '../model/plan.ts';
import { needsPortAlone } from '../model/service.ts';

/**
 * The deployments that every round makes afresh: server × path × role. One deployment serves all profiles.
 * Every baseline has its twin.
 */
export function planDeployments(plan: Plan): Deployment[] {
  return comparedDeployments(plan).flat();
}

/**
 * The deployments of a round, by what runs at the same time: everything, as a rule. A service that cannot be told
 * its port listens on the same one wherever it is, and the host's network stack has room for one of it. The
 * baseline then runs with its contenders, and its twin runs alone, before or after them.
 */
export function planShifts(plan: Plan): Deployment[][] {
  if (plan.service === undefined || !needsPortAlone(plan.service)) return [planDeployments(plan)];
  return comparedDeployments(plan).flatMap((group) => [
    group.filter(({ role }) => role !== 'twin'),
    group.filter(({ role }) => role === 'twin'),
  ]);
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

/** The groups of a sweep: one server and one baseline each. Its load is that of the throughput profile. */
export function sweepGroups(plan: Plan): Case[][] {
  return comparedDeployments(plan).map((group) =>
    group.map((deployment): Case => ({ ...deployment, profile: 'throughput' })),
  );
}

/** The cases of each block, grouped by what is compared with each other: one server, one profile, one baseline. */
export function planGroups(plan: Plan): Case[][] {
  const deployments = comparedDeployments(plan);
  return plan.profiles.flatMap(({ name }) =>
    deployments.map((group) => group.map((deployment): Case => ({ ...deployment, profile: name }))),
  );
}
