import { metric } from '../../bench/model/metric.ts';
import type { Plan } from '../../bench/model/plan.ts';
import type { Step } from '../../bench/model/summary.ts';
import { waterfall } from '../../bench/model/waterfall.ts';
import { type Estimate, estimates, type Statistics } from './estimate.ts';
import type { PooledLatencies } from './pooled-latencies.ts';
import type { RecordedCase } from './recorded-cases.ts';

/** Metrics that add up from step to step: time and CPU time for one request. */
const shown = ['latency-p50', 'cpu-per-request'] as const;

/** A step as reported, and what it was computed from. */
export interface AnalysedStep {
  readonly step: Step;
  readonly from: RecordedCase;
  readonly to: RecordedCase;
  readonly estimate: Estimate;
}

/**
 * What each layer adds to the one before it: every step of the waterfall of which both ends were recorded, paired round
 * by round like a contender with its baseline. Intervals are the plan's, one by one: the steps are not corrected for
 * their number.
 */
export function waterfallSteps(
  plan: Plan,
  cases: readonly RecordedCase[],
  latencies: PooledLatencies,
  statistics: Statistics,
): readonly AnalysedStep[] {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap((profile) => {
      const recorded = waterfall.flatMap(({ path }) =>
        cases.filter(
          ({ case: it }) =>
            it.server === server && it.profile === profile.name && it.path === path && it.role !== 'twin',
        ),
      );
      return recorded.slice(1).flatMap((to, index) => {
        const from = recorded[index];
        return from === undefined ? [] : stepsBetween(from, to, latencies, statistics);
      });
    }),
  );
}

function stepsBetween(
  from: RecordedCase,
  to: RecordedCase,
  latencies: PooledLatencies,
  statistics: Statistics,
): readonly AnalysedStep[] {
  const found = estimates({ baseline: from }, to, latencies, statistics);
  return shown.flatMap((name): AnalysedStep[] => {
    const estimate = found.find((it) => it.metric === name);
    if (estimate === undefined) return [];
    const { server, profile } = to.case;
    const { paired, interval, absolute } = estimate;
    const step: Step = {
      ...{ server, profile, from: from.case.path, to: to.case.path },
      metric: name,
      unit: metric(name).unit,
      ...{ fromValue: paired.baselineValue, toValue: paired.contenderValue },
      difference: absolute,
      ...{ ratio: estimate.ratio, low: interval.low, high: interval.high },
      ...{ confidence: interval.confidence, rounds: estimate.rounds },
    };
    return [{ step, from, to, estimate }];
  });
}
