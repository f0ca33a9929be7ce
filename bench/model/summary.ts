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

const logScale = 'Standard deviation on the log scale: 0.02 = 2 %.';

/** Where the figures of the rounds get their spread from. */
export const spreadSchema = z.strictObject({
  ofRounds: z.number().positive().describe(`Of the rounds' log ratios. ${logScale}`),
  within: z
    .number()
    .nonnegative()
    .describe(`What the slices and turns of a round explain by themselves. ${logScale}`),
  between: z.number().nonnegative().describe(`What is left: fresh deployments differ. ${logScale}`),
});
export type Spread = z.infer<typeof spreadSchema>;

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
  confidence: z.number().describe("Level that the interval reaches, at least the plan's."),
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
  spread: spreadSchema.optional().describe('Absent for far quantiles and below 4 rounds of several blocks.'),
});
export type Overhead = z.infer<typeof overheadSchema>;

export const warningSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});
export type Warning = z.infer<typeof warningSchema>;

/** What one layer of the waterfall adds to the one before it, on one metric. */
export const stepSchema = z.strictObject({
  server: serverNameSchema,
  profile: z.enum(profileNames),
  from: pathIdSchema,
  to: pathIdSchema,
  metric: metricNameSchema,
  unit: z.enum(['requests/s', 's']),
  fromValue: z.number().describe('Median over rounds.'),
  toValue: z.number().describe('Median over rounds.'),
  difference: z.strictObject({ value: z.number(), ...interval }).describe('to − from, in `unit`.'),
  ratio: z.number().positive().describe('to/from: Hodges-Lehmann over rounds, exponentiated.'),
  ...interval,
  confidence: z
    .number()
    .describe("Level that the interval reaches, at least the plan's; of each step by itself."),
  rounds: z.int().min(1),
});
export type Step = z.infer<typeof stepSchema>;

/** What one case measured on its own, medians over rounds. */
export const caseSummarySchema = caseSchema.extend({
  slices: z.strictObject({ completed: z.int(), invalid: z.int(), failed: z.int(), clientBound: z.int() }),
  requests: z.int().nonnegative(),
  values: z
    .partialRecord(metricNameSchema, z.number())
    .describe('Base units; a metric without enough data is absent.'),
});
export type CaseSummary = z.infer<typeof caseSummarySchema>;

const groupOf = {
  server: serverNameSchema,
  profile: z.enum(profileNames),
  baseline: pathIdSchema,
  metric: metricNameSchema.describe("The profile's declared metric."),
};

/** The spread of a server's rounds under one profile, over all its comparisons, the twin's included. */
export const groupSpreadSchema = spreadSchema.omit({ ofRounds: true }).extend(groupOf);
export type GroupSpread = z.infer<typeof groupSpreadSchema>;

/** What would narrow the intervals soonest. */
export const runSpreadSchema = z.strictObject({
  groups: z.array(groupSpreadSchema).min(1),
  betweenShare: z.number().min(0).max(1).describe('Of the variance; mean over the groups.'),
  blocks: z.int().min(1),
  bestBlocks: z
    .int()
    .min(1)
    .optional()
    .describe('Blocks a round that give the narrowest intervals in the same time.'),
  advice: z.enum(['more-rounds', 'more-blocks']).describe('`more-blocks`: or longer slices.'),
  message: z.string(),
});
export type RunSpread = z.infer<typeof runSpreadSchema>;

/** First against second half of the slices of one round, over all cases of a server under one profile. */
export const halvesOfRoundSchema = z.strictObject({
  ...groupOf,
  round: z.int().min(1),
  change: z.number().positive().describe('Second half/first half: median over cases.'),
  pValue: z.number().describe('Stratified rank sums, two-sided, Holm-adjusted over all rounds of the run.'),
  differs: z.boolean(),
});
export type HalvesOfRound = z.infer<typeof halvesOfRoundSchema>;

/** The same change in all rounds: the warm-up is too short. */
export const trendSchema = z.strictObject({
  ...groupOf,
  rounds: z.int().min(2),
  change: z.number().positive().describe('Second half/first half: mean over rounds, on the log scale.'),
  pValue: z
    .number()
    .describe("Student's t over rounds, two-sided, Holm-adjusted over the servers and profiles."),
  differs: z.boolean(),
});
export type Trend = z.infer<typeof trendSchema>;

export const steadyStateSchema = z.strictObject({
  rounds: z.array(halvesOfRoundSchema),
  trends: z.array(trendSchema),
});
export type SteadyState = z.infer<typeof steadyStateSchema>;

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
  steps: z
    .array(stepSchema)
    .optional()
    .describe('The waterfall from a plain process to docker-proxy, as far as its paths were measured.'),
  cases: z.array(caseSummarySchema),
  leftOut: z.array(
    z.strictObject({ case: caseSchema, rule: z.string(), slices: z.int().min(1), example: z.string() }),
  ),
  rules: z.array(ruleSummarySchema).describe('Every rule of validity, also those that no slice broke.'),
  spread: runSpreadSchema.optional().describe('Absent where too little was measured to tell.'),
  steadyState: steadyStateSchema,
  evidence: z.strictObject({ consistent: z.int(), contradicted: z.int(), unread: z.int() }),
  measuredShare: z.number().optional().describe('Share of the run inside slices and ramps.'),
  warnings: z.array(warningSchema),
});
export type Summary = z.infer<typeof summarySchema>;
