import * as z from 'zod';
import { expectedHalfWidth, expectedLook } from '../../../reports/statistics/expected-width.ts';
import { metricNameSchema } from '../../model/metric.ts';
import { pathIdSchema } from '../../model/path.ts';
import type { Plan } from '../../model/plan.ts';
import { runIdSchema } from '../../model/run.ts';
import { type PlanDuration, planDuration } from '../../plan/plan-duration.ts';

/** The observed spread of one comparison's rounds on this machine, on its declared metric. */
export interface KnownSpread {
  readonly server: string;
  readonly profile: string;
  readonly path: string;
  readonly role: 'twin' | 'contender';
  readonly spread: number;
}

const predictedIntervalSchema = z.strictObject({
  server: z.string().describe('What is put under load.'),
  profile: z.string().describe('The load.'),
  path: pathIdSchema,
  metric: metricNameSchema,
  halfWidth: z.number().describe('Relative, expected after `duration.rounds` rounds: 0.02 = ±2 %.'),
  from: z.enum(['path', 'twin']).describe('Whose spread it rests on.'),
});

export const predictionSchema = z.strictObject({
  source: z
    .strictObject({
      kind: z.enum(['run', 'calibration']).describe('What was measured before.'),
      runId: runIdSchema,
    })
    .describe('What it rests on.'),
  intervals: z.array(predictedIntervalSchema).describe('Of the declared comparisons.'),
  /** Only for a plan with a precision. */
  reached: z.boolean().optional().describe('Whether the precision is expected to be reached in time.'),
});
export type Prediction = z.infer<typeof predictionSchema>;

/** The spreads that a prediction rests on. */
export type SpreadSource = Prediction['source'] & { readonly spreads: readonly KnownSpread[] };

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
          const from: Prediction['intervals'][number]['from'] = own === undefined ? 'twin' : 'path';
          return [{ server, profile, path, metric, from, spread: best.spread }];
        });
      }),
    ),
  );
}
