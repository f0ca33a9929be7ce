import { expectedHalfWidth, expectedLook } from '../../../reports/statistics/expected-width.ts';
import type { MetricName } from '../../model/metric.ts';
import type { Plan } from '../../model/plan.ts';
import { type PlanDuration, planDuration } from '../../plan/plan-duration.ts';

/** The observed spread of one comparison's rounds on this machine, on its declared metric. */
export interface KnownSpread {
  readonly server: string;
  readonly profile: string;
  readonly path: string;
  readonly role: 'twin' | 'contender';
  readonly spread: number;
}

/** The source of a prediction's spreads. */
export interface SpreadSource {
  readonly kind: 'run' | 'calibration';
  readonly runId: string;
  readonly spreads: readonly KnownSpread[];
}

interface PredictedInterval {
  readonly server: string;
  readonly profile: string;
  readonly path: string;
  readonly metric: MetricName;
  /** 0.02 = ±2 %. */
  readonly halfWidth: number;
  /** Whether this path was measured, or a twin stands for it. */
  readonly from: 'path' | 'twin';
}

export interface Prediction {
  readonly source: Omit<SpreadSource, 'spreads'>;
  readonly intervals: readonly PredictedInterval[];
  /** For a plan with a precision: whether it is expected to be reached in time. */
  readonly reached?: boolean;
}

/**
 * How long a plan takes and how tight its declared intervals are expected to be, as far as the machine is
 * known. Pure. A path that was not measured gets the spread of its server's twin under the same profile.
 * Where that is unknown too, nothing is predicted for the path.
 */
export function predicted(
  plan: Plan,
  source: SpreadSource | undefined,
): { readonly duration: PlanDuration; readonly prediction?: Prediction } {
  const known = source === undefined ? [] : declaredOf(plan, source.spreads);
  const looked = plan.stopping?.precision;
  const looks = known.map(({ spread }) =>
    looked === undefined ? undefined : expectedLook(spread, looked.halfWidth, looked.looks, plan.confidence),
  );
  const within = looks.length > 0 && looks.every((it) => it !== undefined);
  const wanted = within ? Math.max(...looks) : undefined;
  const duration = planDuration(plan, undefined, wanted);
  if (source === undefined || known.length === 0) return { duration };
  return {
    duration,
    prediction: {
      source: { kind: source.kind, runId: source.runId },
      intervals: known.map(({ spread, ...it }) => ({
        ...it,
        halfWidth: expectedHalfWidth(spread, duration.rounds, plan.confidence),
      })),
      ...(looked === undefined ? {} : { reached: wanted !== undefined && duration.rounds >= wanted }),
    },
  };
}

function declaredOf(plan: Plan, spreads: readonly KnownSpread[]) {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap(({ name: profile, declaredMetric: metric }) =>
      plan.comparisons.flatMap(({ baseline, contenders }) => {
        const ofGroup = spreads.filter((it) => it.server === server && it.profile === profile);
        const twin = ofGroup.find((it) => it.role === 'twin' && it.path === baseline);
        const paths = contenders.length > 0 ? contenders : [baseline];
        return paths.flatMap((path) => {
          const own = ofGroup.find((it) => it.path === path && it.role === 'contender');
          const best = own ?? twin;
          if (best === undefined) return [];
          const from: PredictedInterval['from'] = own === undefined ? 'twin' : 'path';
          return [{ server, profile, path, metric, from, spread: best.spread }];
        });
      }),
    ),
  );
}
