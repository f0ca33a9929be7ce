import type { Deployment } from '../model/case.ts';
import { pathOf, type Vantage } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import type { AgentChoice } from '../model/stage.ts';
import { planDeployments } from './cases.ts';

/**
 * Load that a fresh agent bears before it measures, in seconds. Its code must be compiled like that of the
 * others.
 */
const agentWarmupSeconds = 0.5;

/**
 * Selects the load agent that measures a deployment (bench/docs/method.md, section 8). Within a vantage it is
 * the one that stays there for the whole run. From inside no agent can dial two servers. Each server then has
 * an agent of its own, the baseline and its twin too. These agents are all fresh in each round and have the
 * same work, so that none is older, warmer or luckier for the whole run.
 */
export function agentChoice({ server, path, role }: Deployment): AgentChoice {
  if (pathOf(path).vantage !== 'inside') return { kind: 'standing' };
  return { kind: 'round', key: `${server} ${path}${role === 'twin' ? ' twin' : ''}` };
}

/** Vantages at which one agent stays for the whole run. */
export function standingVantages({ comparisons }: Plan): readonly Exclude<Vantage, 'inside'>[] {
  const vantages = comparisons.map(({ baseline }) => pathOf(baseline).vantage);
  return [...new Set(vantages)].filter((vantage) => vantage !== 'inside');
}

/** The load that each fresh agent of a round bears after the warm-up, in seconds, by its key. */
export function agentWarmups(plan: Plan): ReadonlyMap<string, number> {
  const choices = planDeployments(plan).map(agentChoice);
  return new Map(
    choices.flatMap((it) => (it.kind === 'round' ? [[it.key, agentWarmupSeconds] as const] : [])),
  );
}
