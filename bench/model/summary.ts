import * as z from 'zod';
import { caseSchema } from './case.ts';
import { environmentSchema } from './environment.ts';
import { metricNameSchema } from './metric.ts';
import { pathIdSchema } from './path.ts';
import { profileNames } from './profile.ts';
import { runIdSchema, runStates, schemaVersion } from './run.ts';
import { serverNameSchema } from './server.ts';
import { validityRules } from './slice.ts';

export const verdicts = ['slower', 'faster', 'equivalent', 'inconclusive', 'untrusted'] as const;
export type Verdict = (typeof verdicts)[number];

const interval = {
  low: z.number(),
  high: z.number(),
};

/** Contender against baseline on one metric, with its confidence interval. */
export const overheadSchema = z.strictObject({
  server: serverNameSchema,
  profile: z.enum(profileNames),
  path: pathIdSchema,
  baseline: pathIdSchema,
  metric: metricNameSchema,
  unit: z.enum(['requests/s', 's']).describe('Of the values and of the absolute difference.'),
  primary: z.boolean().describe("The profile's declared metric; all others are exploratory."),
  baselineValue: z.number().describe('Median over rounds.'),
  contenderValue: z.number().describe('Median over rounds.'),
  ratio: z.number().positive().describe('contender/baseline: Hodges-Lehmann over rounds, exponentiated.'),
  ...interval,
  confidence: z.number().describe("Level that the exact interval reaches, at least the plan's."),
  absoluteDifference: z
    .strictObject({ value: z.number(), ...interval })
    .describe('contender − baseline, in `unit`.'),
  rounds: z.int().min(1),
  verdict: z.enum(verdicts),
  verdictReason: z.string().describe('In words, with the margin and the interval.'),
  atLeast: z.boolean().describe('Client-bound slices: the true cost is at least this.'),
  pValue: z.number().optional().describe('Signed-rank, two-sided; Holm-adjusted on the primary metric.'),
  detectable: z
    .number()
    .positive()
    .optional()
    .describe(
      'Smallest ratio change (0.02 = 2 %) that the interval of this comparison would have told from 1 with 80 % power. Needs the twin.',
    ),
});
export type Overhead = z.infer<typeof overheadSchema>;

export const warningSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});
export type Warning = z.infer<typeof warningSchema>;

/** What one case measured on its own, medians over rounds. */
export const caseSummarySchema = caseSchema.extend({
  slices: z.strictObject({ completed: z.int(), invalid: z.int(), failed: z.int(), clientBound: z.int() }),
  requests: z.int().nonnegative(),
  values: z
    .partialRecord(metricNameSchema, z.number())
    .describe('Base units; a metric without enough data is absent.'),
});
export type CaseSummary = z.infer<typeof caseSummarySchema>;

/** One rule of validity over all slices of the run that were not failed. */
export const ruleSummarySchema = z.strictObject({
  rule: z.enum(validityRules),
  looksAt: z.string(),
  unit: z.enum(['count', 'ratio', 's']),
  limit: z.string().describe('When a slice counts, written down before the run.'),
  checked: z.int().nonnegative().describe('Slices that have the figure.'),
  broken: z.int().nonnegative().describe('Slices that do not count by this rule.'),
  worst: z.number().optional().describe('The figure that came nearest to the limit or went furthest beyond.'),
});
export type RuleSummary = z.infer<typeof ruleSummarySchema>;

/** summary.json: what a run found. Derived from the folder by pure functions, so it can be made again. */
export const summarySchema = z.strictObject({
  schemaVersion: z.literal(schemaVersion),
  runId: runIdSchema,
  state: z.enum(runStates),
  environment: environmentSchema,
  baseline: z.array(pathIdSchema).describe('One for each vantage.'),
  headline: z.array(z.string()).describe('Verdict sentences, most important first.'),
  overheads: z.array(overheadSchema),
  twin: z.array(overheadSchema).describe('The A/A control: the twin against the baseline.'),
  cases: z.array(caseSummarySchema),
  leftOut: z.array(
    z.strictObject({ case: caseSchema, rule: z.string(), slices: z.int().min(1), example: z.string() }),
  ),
  rules: z.array(ruleSummarySchema).describe('Every rule of validity, also those that no slice broke.'),
  evidence: z.strictObject({ consistent: z.int(), contradicted: z.int(), unread: z.int() }),
  measuredShare: z.number().optional().describe('Share of the run inside slices and ramps.'),
  warnings: z.array(warningSchema),
});
export type Summary = z.infer<typeof summarySchema>;
