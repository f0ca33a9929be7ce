import * as z from 'zod';
import { type MetricName, metricNameSchema } from './metric.ts';
import { pathIdSchema } from './path.ts';
import { profileNameSchema } from './profile.ts';
import { ratioInterval } from './ratio-interval.ts';
import { runIdSchema } from './run.ts';
import { serverNameSchema } from './server.ts';
import { warningSchema } from './warning.ts';

/** What happens where an assertion does not hold. */
export const gateLevels = ['error', 'warn', 'off'] as const;
type GateLevel = (typeof gateLevels)[number];

/** The limits that an assertion may have, as a config spells them. */
export const limitKinds = [
  'maxOverhead',
  'maxOverheadUs',
  'maxRegression',
  'minRounds',
  'noUntrusted',
] as const;

/** A limit that an interval is compared with. */
export interface BoundLimit {
  readonly kind: 'maxOverhead' | 'maxOverheadUs' | 'maxRegression';
  /** A fraction, or µs. */
  readonly value: number;
}

export type GateLimit =
  | BoundLimit
  | { readonly kind: 'minRounds'; readonly value: number }
  | { readonly kind: 'noUntrusted' };

/** Which comparisons an entry of a config is about. */
export interface Selection {
  readonly metric: MetricName;
  /** A path's id, or a pattern in which * stands for any text. */
  readonly path: string;
  readonly server?: string;
  readonly profile?: string;
  /** Where the entry is: `bench.config.yaml:12:5`. */
  readonly place: string;
}

/** An entry of `gate:` in a config. */
export interface Assertion extends Selection {
  readonly limits: readonly GateLimit[];
  readonly level: GateLevel;
}

/** An entry of `accepted:` in a config: from this run on, a changed overhead is what it should be. */
export interface AcceptedStep extends Selection {
  /** The id of the first run with the new overhead. */
  readonly from: string;
  readonly reason: string;
  readonly by: string;
}

/** What a config says about the gate. */
export interface GateConfig {
  readonly assertions: readonly Assertion[];
  readonly accepted: readonly AcceptedStep[];
}

export const gateOutcomes = ['passed', 'open', 'untrusted', 'failed'] as const;
export type GateOutcome = (typeof gateOutcomes)[number];

const outcomeSchema = z
  .enum(gateOutcomes)
  .describe(
    'passed: it holds. open: the interval includes the limit, or there is nothing to compare with. untrusted: the run cannot ' +
      'tell. failed: the near end of the interval is beyond the limit.',
  );

const ratioOfRun = z.strictObject({
  ...ratioInterval,
  rounds: z.int().min(1).describe('Rounds that it rests on.'),
});

const figureSchema = z.strictObject({
  value: z.number().describe('The estimate.'),
  low: z.number().describe('Lower bound of its interval.'),
  high: z.number().describe('Upper bound of its interval.'),
});

const figureSays =
  'What the limit is compared with, in its unit; above zero is worse. Of maxOverhead and maxRegression a fraction: 0.2 is 20 %. ' +
  'Of maxOverheadUs: µs. Absent where there is none.';

/** One limit of one assertion on one comparison. */
const checkSchema = z.strictObject({
  outcome: outcomeSchema,
  level: z
    .enum(['error', 'warn'])
    .describe('error: a failure fails the gate. warn: it is only reported. What is off is not checked.'),
  sentence: z.string().describe('What is so, with its values, for a reader.'),
  place: z.string().describe('Where the assertion is: file, line and column.'),
  server: serverNameSchema,
  profile: profileNameSchema,
  path: pathIdSchema,
  baseline: pathIdSchema.describe('The path that it is compared with.'),
  metric: metricNameSchema,
  kind: z.enum(limitKinds).describe('Which limit of the assertion, as the config spells it.'),
  limit: z.number().optional().describe('The limit: a fraction, µs or rounds. Absent of noUntrusted.'),
  figure: figureSchema.optional().describe(figureSays),
  overhead: ratioOfRun.optional().describe('Of the run that is judged. Absent where nothing counts.'),
  reference: z
    .strictObject({
      ...ratioInterval,
      runs: z.array(runIdSchema).min(1).describe('The earlier runs that it rests on.'),
    })
    .optional()
    .describe('What maxRegression compares with. Absent of other limits, and where there is none.'),
  accepted: z
    .strictObject({
      from: runIdSchema.describe('The first run with the new overhead.'),
      reason: z.string().describe('Why it is accepted.'),
      by: z.string().describe('Who accepted it.'),
    })
    .optional()
    .describe('The accepted step that the reference begins with.'),
  confirmation: z
    .strictObject({
      runId: runIdSchema.describe('The run that measured it again.'),
      outcome: outcomeSchema,
      figure: figureSchema.optional().describe(figureSays),
      overhead: ratioOfRun.optional().describe('Of that run.'),
    })
    .optional()
    .describe('Only of checks that failed at first, with --confirm.'),
});
export type GateCheck = z.infer<typeof checkSchema>;

/** What `bench gate` finds. */
export const gateResultSchema = z.strictObject({
  runId: runIdSchema,
  outcome: outcomeSchema.describe('The worst outcome of all checks whose level is error.'),
  exitCode: z
    .union([z.literal(0), z.literal(10), z.literal(11)])
    .describe('Of the command: 10 failed; 11 open or untrusted, with --strict; else 0.'),
  verdict: z.string().describe('The verdict line.'),
  against: z
    .array(runIdSchema)
    .describe('Earlier runs that maxRegression may compare with, oldest first. Empty where there are none.'),
  confirmedBy: runIdSchema.optional().describe('The run that measured the failing comparisons again.'),
  checks: z.array(checkSchema).describe('Each limit of each assertion, on each comparison that it fits.'),
  warnings: z.array(warningSchema).describe('What a reader must know.'),
});
export type GateResult = z.infer<typeof gateResultSchema>;
