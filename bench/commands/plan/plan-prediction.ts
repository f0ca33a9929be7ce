import * as z from 'zod';
import { expectedHalfWidth, expectedLook } from '../../../reports/statistics/expected-width.ts';
import { metricNameSchema } from '../../model/metric.ts';
import { pathIdSchema } from '../../model/path.ts';
import type { Plan } from '../../model/plan.ts';
import { runIdSchema } from '../../model/run.ts';
import { type PlanDuration, planDuration } from '../../plan/plan-duration.ts';
import { tooShort } from '../../plan/too-short.ts';

const spreadSourceSchema = z
  .strictObject({
    kind: z.enum(['run', 'calibration']).describe('What was measured before.'),
    runId: runIdSchema,
  })
  .describe('Where that spread was seen: the newest run of this machine that has it.');

/** The observed spread of one comparison's rounds on this machine, on its declared metric. */
export interface KnownSpread {
  readonly server: string;
  readonly profile: string;
  readonly path: string;
  readonly role: 'twin' | 'contender';
  readonly spread: number;
  readonly source: z.infer<typeof spreadSourceSchema>;
}

const plannedIntervalSchema = z.strictObject({
  server: z.string().describe('Name of the server.'),
  profile: z.string().describe('Name of the load profile.'),
  path: pathIdSchema,
  metric: metricNameSchema,
});
type PlannedInterval = z.infer<typeof plannedIntervalSchema>;

const predictedIntervalSchema = plannedIntervalSchema.extend({
  halfWidth: z.number().describe('Relative, expected after `duration.rounds` rounds: 0.02 = ±2 %.'),
  from: z.enum(['path', 'twin']).describe('Whose spread it rests on.'),
  source: spreadSourceSchema,
});
type PredictedInterval = z.infer<typeof predictedIntervalSchema>;

export const predictionSchema = z.strictObject({
  intervals: z
    .array(predictedIntervalSchema)
    .describe('One for each declared comparison of which something is known.'),
  unknown: z
    .array(plannedIntervalSchema)
    .describe('Of the declared intervals: those of which no run of this machine says anything.'),
  /** Only for a plan with a precision. */
  reached: z
    .boolean()
    .optional()
    .describe(
      'Whether the precision is expected to be reached in time. Absent where an interval is unknown.',
    ),
});
export type Prediction = z.infer<typeof predictionSchema>;

/**
 * How long a plan takes and how tight its declared intervals are expected to be, as far as the machine is
 * known. Pure. A path that was not measured gets the spread of its server's twin under the same profile. With
 * too few rounds for any interval, none is predicted.
 */
export function predicted(
  plan: Plan,
  spreads: readonly KnownSpread[],
): { readonly duration: PlanDuration; readonly prediction?: Prediction } {
  const declared = declaredOf(plan, spreads);
  const known = declared.filter((it) => it.known !== undefined);
  const looked = plan.stopping?.precision;
  const looks = declared.map(({ known }) =>
    looked === undefined || known === undefined
      ? undefined
      : expectedLook(known.spread, looked.halfWidth, looked.looks, plan.confidence),
  );
  const within = looks.length > 0 && looks.every((it) => it !== undefined);
  const wanted = within ? Math.max(...looks) : undefined;
  const duration = planDuration(plan, undefined, wanted);
  if (known.length === 0 || tooShort(plan) !== undefined) return { duration };
  const all = known.length === declared.length;
  return {
    duration,
    prediction: {
      intervals: declared.flatMap(({ known, from, ...it }) =>
        known === undefined
          ? []
          : [
              {
                ...it,
                from,
                source: known.source,
                halfWidth: expectedHalfWidth(known.spread, duration.rounds, plan.confidence),
              },
            ],
      ),
      unknown: declared.flatMap(({ known, from: _, ...it }) => (known === undefined ? [it] : [])),
      ...(looked === undefined || !all ? {} : { reached: wanted !== undefined && duration.rounds >= wanted }),
    },
  };
}

interface Declared extends PlannedInterval {
  readonly known: KnownSpread | undefined;
  readonly from: PredictedInterval['from'];
}

function declaredOf(plan: Plan, spreads: readonly KnownSpread[]): readonly Declared[] {
  return plan.servers.flatMap((server) =>
    plan.profiles.flatMap(({ name: profile, declaredMetric: metric }) =>
      plan.comparisons.flatMap(({ baseline, contenders }) => {
        const ofGroup = spreads.filter((it) => it.server === server && it.profile === profile);
        const twin = ofGroup.find((it) => it.role === 'twin' && it.path === baseline);
        const paths = contenders.length > 0 ? contenders : [baseline];
        return paths.map((path): Declared => {
          const own = ofGroup.find((it) => it.path === path && it.role === 'contender');
          return { server, profile, path, metric, known: own ?? twin, from: own ? 'path' : 'twin' };
        });
      }),
    ),
  );
}
