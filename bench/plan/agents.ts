import type { Deployment } from '../model/case.ts';
import type { AgentChoice } from '../model/lab.ts';
import { type PathId, parsePathId, type Vantage } from '../model/path.ts';
import type { Comparison, Plan } from '../model/plan.ts';
import { planDeployments } from './cases.ts';

/** Load that a fresh agent bears before it measures, in seconds: its code must be compiled as that of the others is. */
export const agentWarmupSeconds = 0.5;

/** Whether a comparison is made across vantages: some agents then stand in the stacks of their own servers. */
export function crossesVantages({ contenders }: Comparison): boolean {
  return contenders.some((path) => vantageOf(path) === 'inside');
}

/**
 * Which load agent measures a deployment (METHOD section 3). Within a vantage it is the one that stands there for the
 * whole run. Where a comparison crosses vantages the agent is part of the difference, so that none may be older or
 * luckier than another for the whole run: all of them are fresh each round, and the twin has one of its own.
 */
export function agentChoice(plan: Plan, { server, path, role }: Deployment): AgentChoice {
  if (vantageOf(path) === 'inside') return { kind: 'round', key: `${server} ${path}` };
  const comparison = plan.comparisons.find(
    ({ baseline, contenders }) => baseline === path || contenders.includes(path),
  );
  if (comparison === undefined || !crossesVantages(comparison)) return { kind: 'standing' };
  return { kind: 'round', key: role === 'twin' ? 'twin' : 'shared' };
}

/** Vantages at which one agent stays for the whole run. */
export function standingVantages(plan: Plan): readonly Exclude<Vantage, 'inside'>[] {
  const within = plan.comparisons.filter((comparison) => !crossesVantages(comparison));
  const vantages = within.map(({ baseline }) => vantageOf(baseline));
  return [...new Set(vantages)].filter((vantage) => vantage !== undefined && vantage !== 'inside');
}

/**
 * The load that each fresh agent of a round still has to bear after the warm-up block, in seconds, by its key: so that
 * one which serves a single case is as warm as one that serves many.
 */
export function agentWarmups(plan: Plan): ReadonlyMap<string, number> {
  const left = new Map<string, number>();
  for (const deployment of planDeployments(plan)) {
    const choice = agentChoice(plan, deployment);
    if (choice.kind === 'standing') continue;
    const borne = plan.warmupSeconds * plan.profiles.length;
    left.set(choice.key, (left.get(choice.key) ?? agentWarmupSeconds) - borne);
  }
  return new Map([...left].map(([key, seconds]) => [key, Math.max(0, seconds)]));
}

function vantageOf(path: PathId): Vantage | undefined {
  return parsePathId(path)?.vantage;
}
