import * as z from 'zod';
import { metricNameSchema } from './metric.ts';
import { pacedSchema } from './paced.ts';
import { pathIdSchema } from './path.ts';
import { type LoadProfile, loadProfileSchema, type ProfileName } from './profile.ts';
import { requestSchema } from './request.ts';
import { serverNameSchema } from './server.ts';
import { serviceSchema } from './service.ts';
import { stoppingSchema } from './stopping.ts';
import { sweepPlanSchema } from './sweep.ts';

/** A container's name or id, as engines allow them. */
export const containerNameSchema = z.string().regex(/^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/);

/** A baseline and its contenders. There is one entry per vantage: paths are compared within a vantage. */
const comparisonSchema = z.strictObject({
  baseline: pathIdSchema,
  contenders: z.array(pathIdSchema).describe('Paths that are compared with it.'),
});
export type Comparison = z.infer<typeof comparisonSchema>;

const leftOutSchema = z.strictObject({
  path: pathIdSchema,
  reason: z.string().describe('Why the engine does not offer it.'),
});
export type LeftOut = z.infer<typeof leftOutSchema>;

/**
 * Exact intervals are computed up to this many rounds. Beyond it a second run says more than further rounds.
 */
export const mostRounds = 400;

/** The validated and fully specified plan: the only one that code after the parsing of arguments uses. */
export const planSchema = z.strictObject({
  name: z
    .string()
    .optional()
    .describe(
      'The name by which the plan was chosen. Options beside it may differ from those that it stands for. Absent: none was chosen.',
    ),
  servers: z.array(serverNameSchema).min(1).describe('What is put under load.'),
  comparisons: z
    .array(comparisonSchema)
    .min(1)
    .describe('Baselines, each with the paths that are compared with it.'),
  profiles: z.array(loadProfileSchema).min(1).describe('How load is applied.'),
  rounds: z
    .int()
    .min(1)
    .max(mostRounds)
    .describe('Fresh deployments of every case: the statistical unit. With `stopping`, the maximum.'),
  blocks: z.int().min(1).describe('Slices of each case in a round, the warm-up not counted.'),
  sliceSeconds: z
    .number()
    .positive()
    .describe(
      'Measured part of each slice, in seconds; a slice of the steady profile measures twice as long, and one of the paced profile as long as its quantile needs.',
    ),
  turnSeconds: z
    .number()
    .positive()
    .optional()
    .describe(
      'Window of a slice. It alternates with the windows of the compared slices. Absent: every slice is one window.',
    ),
  exchangeCpus: z
    .boolean()
    .optional()
    .describe(
      'Servers and load agents exchange their CPUs in half of the rounds, chosen by the seed. Absent: they do not.',
    ),
  rampSeconds: z
    .number()
    .nonnegative()
    .describe(
      'Load before the first turn of each slice, in seconds; four times as long in the throughput profile. It is discarded.',
    ),
  warmupSeconds: z
    .number()
    .nonnegative()
    .describe("Longest time that a case's connections are warmed up at the beginning of a round."),
  rates: z
    .record(serverNameSchema, z.number().positive())
    .optional()
    .describe(
      'Requested rate of the steady profile, in requests/s. The run finds the rates of other servers.',
    ),
  paced: pacedSchema.optional().describe('Load of the paced profile. Absent in a plan without it.'),
  bodyBytes: z.int().min(1).describe("Length of the static body that bench's own servers answer with."),
  tls: z.literal(true).optional().describe('Requests are sent over TLS. Absent: over plain TCP.'),
  service: serviceSchema
    .optional()
    .describe("The user's service: the only server of the plan. Absent: bench's own servers."),
  request: requestSchema
    .optional()
    .describe("What is asked of the user's service. Absent: the static body of bench's own servers."),
  seed: z.int().nonnegative().describe('Fixes every random choice of the schedule.'),
  sharedPort: z
    .boolean()
    .optional()
    .describe('All servers of a round use one port of the host, each at a separate address.'),
  agents: z
    .int()
    .min(2)
    .optional()
    .describe('Load agents at each vantage, which share the load of each slice. Absent: one.'),
  probes: z
    .boolean()
    .optional()
    .describe('Starts, connections and lookups are timed too, one after the other.'),
  sweep: sweepPlanSchema
    .optional()
    .describe(
      'The first rounds also load 1, 2, 4, 8 … connections on each path, until the rate stops growing. Absent: they do not.',
    ),
  mapTo: containerNameSchema
    .optional()
    .describe("The user's container that mapped servers join, instead of one of bench's."),
  userlandProxy: z
    .boolean()
    .optional()
    .describe("Requested setting of the engine's docker-proxy. Absent: either."),
  leftOut: z
    .array(leftOutSchema)
    .optional()
    .describe(
      'Paths of a named plan that the engine does not offer, or by which a running container is not reached. Other plans omit no path.',
    ),
  confidence: z
    .number()
    .gt(0.5)
    .lt(1)
    .describe(
      'Level of every interval: 0.95 is 95 %. With planned looks it is higher than the coverage that it keeps at the stop.',
    ),
  margins: z
    .partialRecord(metricNameSchema, z.number().positive())
    .optional()
    .describe(
      'Requested relevance margins: 0.05 is ±5 %. Metrics without one have the usual margin. Absent: all have.',
    ),
  stopping: stoppingSchema
    .optional()
    .describe('When a run that has no fixed number of rounds ends. Absent: after exactly `rounds` rounds.'),
});
export type Plan = z.infer<typeof planSchema>;

/** How many comparisons a plan declares: contenders × profiles × servers. They are corrected together. */
export function declaredComparisons({
  servers,
  profiles,
  comparisons,
}: Pick<Plan, 'servers' | 'profiles' | 'comparisons'>): number {
  const contenders = comparisons.reduce((sum, it) => sum + it.contenders.length, 0);
  return servers.length * profiles.length * contenders;
}

/** A load of a plan by its name. @throws {Error} the plan does not have it. */
export function profileOf({ profiles }: Pick<Plan, 'profiles'>, name: ProfileName): LoadProfile {
  const found = profiles.find((it) => it.name === name);
  if (found === undefined) throw new Error(`the plan has no load ${name}`);
  return found;
}
