import type { Deployment } from '../model/case.ts';
import { parsePathId } from '../model/path.ts';
import type { Plan } from '../model/plan.ts';
import { planCases, planDeployments } from './cases.ts';

/** What a run costs besides its slices, in seconds. */
export interface DurationEstimates {
  /** Before the first round: engine found, inspector, agents and link started. */
  readonly startSeconds: number;
  /** One container from its creation to its removal, readiness included. */
  readonly containerSeconds: number;
  /** Between two slices: readings of the machine and the order to the agent. */
  readonly gapSeconds: number;
}

/** A 2-core virtual machine with a local engine and the image built: the order of magnitude, not a promise. */
export const defaultEstimates: DurationEstimates = {
  startSeconds: 5,
  containerSeconds: 0.25,
  gapSeconds: 0.02,
};

export interface PlanDuration {
  /** Inside slices and ramps, warm-up included. */
  readonly slicesSeconds: number;
  readonly totalSeconds: number;
}

/** Predicts how long a run takes; `slicesSeconds` is exact, the rest rests on the estimates. */
export function planDuration(plan: Plan, estimates: DurationEstimates = defaultEstimates): PlanDuration {
  const cases = planCases(plan).length;
  const slices = plan.rounds * cases * plan.blocks;
  const warmups = plan.warmupSeconds > 0 ? plan.rounds * cases : 0;
  const slicesSeconds = slices * (plan.rampSeconds + plan.sliceSeconds) + warmups * plan.warmupSeconds;

  const containers = plan.rounds * planDeployments(plan).reduce((sum, one) => sum + containersOf(one), 0);
  const otherSeconds =
    estimates.startSeconds +
    containers * estimates.containerSeconds +
    (slices + warmups) * estimates.gapSeconds;
  return { slicesSeconds, totalSeconds: slicesSeconds + otherSeconds };
}

/** Containers that a deployment takes: a mapped server needs its holder. */
export function containersOf(deployment: Pick<Deployment, 'path'>): number {
  return parsePathId(deployment.path)?.mode === 'mapped' ? 2 : 1;
}
