import * as z from 'zod';
import { arrivalKindSchema } from './arrivals.ts';
import { type MetricName, metric } from './metric.ts';
import { type LoadProfile, sliceSecondsOf } from './profile.ts';
import { serverNameSchema } from './server.ts';

/** The part of a plan that describes the load of the paced profile. */
export const pacedSchema = z.strictObject({
  arrivals: arrivalKindSchema,
  share: z
    .number()
    .gt(0)
    .lt(1)
    .describe(
      'The rate of a server without a given one, as a share of what its slowest path carries. The run finds it in the first round.',
    ),
  rates: z
    .record(serverNameSchema, z.number().positive())
    .optional()
    .describe('Requested rates, in requests/s.'),
});

/** The quantiles that the paced profile can be asked for, and the metric that it then declares. */
export const quantileMetrics = {
  p99: 'latency_p99_us',
  'p99.9': 'latency_p999_us',
} as const satisfies Readonly<Record<string, MetricName>>;
export const quantileNames = ['p99', 'p99.9'] as const satisfies readonly (keyof typeof quantileMetrics)[];

/** A guess, for predictions: requests/s of the paced profile where the run finds the rate. */
export const expectedPacedRate = 10_000;

/**
 * A slice of the paced profile is measured in windows of at least so many seconds. They must be long compared
 * with the pauses that make a tail: a pause that is longer than its window counts for one window only.
 */
const openTurnSeconds = 0.25;

/** No slice is longer, however low the rate is. Its quantile is then not shown, for lack of responses. */
export const longestOpenSliceSeconds = 60;

/**
 * Responses that the slices of a round are planned for: a round that loses one of two blocks still has enough
 * for its quantile, and random arrivals may be a few fewer.
 */
export function plannedResponses({ declaredMetric }: Pick<LoadProfile, 'declaredMetric'>): number {
  return 2.2 * metric(declaredMetric).minResponses;
}

interface SliceLengths {
  readonly sliceSeconds: number;
  readonly blocks: number;
  readonly turnSeconds?: number | undefined;
}

/**
 * How long a slice measures, in seconds. That of an open loop follows from its quantile and its rate.
 * @param ratePerSecond of an open loop, as soon as it is known.
 */
export function measuredSeconds(
  plan: SliceLengths,
  profile: LoadProfile,
  ratePerSecond = expectedPacedRate,
): number {
  if (profile.load !== 'open') return sliceSecondsOf(plan, profile);
  return Math.min(longestOpenSliceSeconds, plannedResponses(profile) / ratePerSecond / plan.blocks);
}

/** The least length of a window of a profile; `undefined` where slices take no turns. */
export function turnSecondsOf(
  { turnSeconds }: SliceLengths,
  { load }: Pick<LoadProfile, 'load'>,
): number | undefined {
  return turnSeconds === undefined || load !== 'open' ? turnSeconds : Math.max(turnSeconds, openTurnSeconds);
}
