import type { Deployment } from '../model/case.ts';
import { pathOf, type Vantage } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import type { AgentChoice } from '../model/stage.ts';
import { planDeployments } from './cases.ts';

/** Load that a fresh agent bears before it measures, in seconds: its code must be compiled as that of the others is. */
const agentWarmupSeconds = 0.5;

/**
 * Which load agent measures a deployment (bench/docs/method.md, section 8). Within a vantage it is the one that stands
 * there for the whole run. From inside nobody can dial two servers: each has an agent of its own there, the baseline and its twin too,
 * all of them fresh in each round and with the same work, so that none is older, warmer or luckier for the whole run.
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
