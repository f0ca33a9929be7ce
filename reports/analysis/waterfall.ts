import type { MetricName } from '../../bench/model/metric.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import type { Step } from '../../bench/model/summary.ts';
import { waterfall } from '../../bench/model/waterfall.ts';
import { type Estimate, estimatedFields, estimateOf, type Statistics } from './estimate.ts';
import type { CaseFigures, GroupFigures } from './round-figures.ts';

/** The metrics that add up from step to step: time for one request, and CPU time for one at an equal rate. */
const shown: Partial<Record<ProfileName, MetricName>> = {
  latency: 'latency_p50_us',
  steady: 'cpu_total_us',
};

/** A step as reported, and the data it was computed from. */
export interface AnalysedStep {
  readonly step: Step;
  readonly from: CaseFigures;
  readonly to: CaseFigures;
  readonly estimate: Estimate;
}

/**
 * Computes what each layer adds to the one before it, for every step of the waterfall whose two ends were
 * recorded. The rounds are paired like those of a contender and its baseline. Each interval has the plan's
 * level by itself: the steps are not corrected for their number.
 */
export function waterfallSteps(
  plan: Plan,
  groups: readonly GroupFigures[],
  statistics: Statistics,
): readonly AnalysedStep[] {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) => {
      const own = groups
        .filter(({ group }) => group.server === server && group.profile.name === profile.name)
        .flatMap(({ baseline, contenders }) => [baseline, ...contenders]);
      const recorded = waterfall.flatMap(({ path }) => own.filter((it) => it.recorded.case.path === path));
      return recorded.slice(1).flatMap((to, index) => {
        const from = recorded[index];
        const name = shown[profile.name];
        return from === undefined || name === undefined ? [] : stepBetween(from, to, name, statistics);
      });
    }),
  );
}

function stepBetween(
  from: CaseFigures,
  to: CaseFigures,
  name: MetricName,
  statistics: Statistics,
): readonly AnalysedStep[] {
  const estimate = estimateOf(from, to, name, statistics);
  if (estimate === undefined) return [];
  const { server, profile } = to.recorded.case;
  const step: Step = {
    ...{ server, profile, from: from.recorded.case.path, to: to.recorded.case.path },
    metric: name,
    ...{ fromValue: estimate.baselineValue, toValue: estimate.baselineValue * estimate.ratio },
    ...estimatedFields(estimate),
  };
  return [{ step, from, to, estimate }];
}
