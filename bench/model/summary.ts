import * as z from 'zod';
import { caseSchema } from './case.ts';
import { environmentSchema } from './environment.ts';
import { metricNameSchema } from './metric.ts';
import { pathIdSchema } from './path.ts';
import { profileNames } from './profile.ts';
import { runIdSchema, runStates, schemaVersion } from './run.ts';
import { serverNameSchema } from './server.ts';
import { validityRules } from './slice.ts';

export const verdicts = ['slower', 'faster', 'equivalent', 'open', 'untrusted'] as const;
export type Verdict = (typeof verdicts)[number];

/** The process whose CPU was always busy, so that it limited the rate of a closed loop. */
export const limits = ['server', 'proxy', 'agent', 'none'] as const;
export type Limit = (typeof limits)[number];

const limit = z
  .enum(limits)
  .optional()
  .describe(
    'The process whose CPU was busy all the time; `none`: no CPU was. For a comparison: the limit of both sides, or the one that makes it unusable. ' +
      'Absent if unknown.',
  );

const compared = {
  server: serverNameSchema,
  profile: z.enum(profileNames),
  path: pathIdSchema,
  baseline: pathIdSchema,
  metric: metricNameSchema,
  declared: z
    .boolean()
    .describe('Named before the run. Other comparisons have only an estimate and an interval.'),
  verdict: z
    .enum(verdicts)
    .optional()
    .describe('Declared comparisons only. Absent if the load agent was the limit.'),
  reason: z.string().optional().describe('Reason of the verdict, or why there is none.'),
};

/** Estimate and interval of one quantity against another, round by round. */
const estimated = {
  ratio: z
    .number()
    .positive()
    .describe('exp of the Hodges-Lehmann estimate of the log ratios of the rounds.'),
  ratioLow: z.number().nonnegative(),
  ratioHigh: z.number().nonnegative(),
  confidence: z.number().describe("Level that the interval reaches, at least the plan's."),
  difference: z
    .number()
    .describe(
      "In the metric's unit: the baseline's value × (ratio − 1). The bounds are computed in the same way.",
    ),
  differenceLow: z.number(),
  differenceHigh: z.number(),
  rounds: z.int().min(1),
};

/** Contender against baseline on one metric, with its confidence interval. */
export const overheadSchema = z.union([
  z.strictObject({
    ...compared,
    baselineValue: z.number().describe('Hodges-Lehmann over the rounds, on the log scale.'),
    contenderValue: z.number().describe("The baseline's value × ratio."),
    ...estimated,
    pValue: z
      .number()
      .describe(
        "Two-sided signed-rank test of 'the ratio is 1'. For declared comparisons, corrected by Holm's method over all of them.",
      ),
    limit,
  }),
  z
    .strictObject({ ...compared, verdict: z.literal('untrusted'), reason: z.string() })
    .describe('A declared comparison without valid data.'),
]);
export type Overhead = z.infer<typeof overheadSchema>;
export type MeasuredOverhead = Extract<Overhead, { ratio: number }>;

export function isMeasured(overhead: Overhead): overhead is MeasuredOverhead {
  return 'ratio' in overhead;
}

export const warningSchema = z.strictObject({
  code: z.string(),
  message: z.string(),
  hint: z.string(),
});
export type Warning = z.infer<typeof warningSchema>;

/** What one layer of the waterfall adds to the one before it, on one metric. */
const stepSchema = z.strictObject({
  server: serverNameSchema,
  profile: z.enum(profileNames),
  from: pathIdSchema,
  to: pathIdSchema,
  metric: metricNameSchema,
  fromValue: z.number(),
  toValue: z.number(),
  ...estimated,
});
export type Step = z.infer<typeof stepSchema>;

const microseconds = z.number().nonnegative();

/** What one case measured on its own, over all its rounds that count. */
const caseSummarySchema = caseSchema.extend({
  slices: z.strictObject({ completed: z.int(), invalid: z.int(), failed: z.int() }),
  rounds: z.int().nonnegative().describe('Rounds with a figure.'),
  missedRounds: z.int().nonnegative().describe('Rounds without a figure, because of a fault of the case.'),
  requests: z.int().nonnegative(),
  values: z
    .partialRecord(metricNameSchema, z.number())
    .describe('Medians over rounds; a metric without enough data is absent.'),
  cpu: z
    .strictObject({
      serverUs: microseconds.optional(),
      proxyUs: microseconds.optional(),
      agentUs: microseconds,
      softirqUs: microseconds
        .optional()
        .describe(
          'Softirq time of the whole machine, by ticks: an estimate. Some kernels include it in the other figures.',
        ),
    })
    .optional()
    .describe('CPU time per request, by part. Absent if no round counts.'),
  serverBusy: z
    .number()
    .nonnegative()
    .optional()
    .describe("Share of the time that the server's CPU was busy."),
  agentBusy: z
    .number()
    .nonnegative()
    .optional()
    .describe("Share of the time that the load agent's CPU was busy."),
  limit,
});
export type CaseSummary = z.infer<typeof caseSummarySchema>;

/** The first two turns of the slices against the others. This shows whether slices begin as they continue. */
const sliceStartSchema = z.strictObject({
  server: serverNameSchema,
  profile: z.enum(profileNames),
  path: pathIdSchema,
  baseline: pathIdSchema,
  ratio: z
    .number()
    .positive()
    .describe(
      'The ratio contender/baseline of the rates in the first two turns, divided by that in the other turns.',
    ),
  ratioLow: z.number().nonnegative(),
  ratioHigh: z.number().nonnegative(),
  rounds: z.int().min(1),
  pValue: z.number().describe("Two-sided signed-rank test, corrected by Holm's method over all tests."),
  differs: z.boolean(),
});
export type SliceStart = z.infer<typeof sliceStartSchema>;

/** Blocks of one comparison group. */
const groupBlocksSchema = z.strictObject({
  server: serverNameSchema,
  profile: z.enum(profileNames),
  baseline: pathIdSchema,
  measured: z.int().nonnegative(),
  disturbed: z.int().nonnegative().describe('Blocks that do not count for any case of the group.'),
});
export type GroupBlocks = z.infer<typeof groupBlocksSchema>;

/** One rule over all slices of the run that did not fail. */
const ruleSummarySchema = z.strictObject({
  rule: z.enum(validityRules),
  looksAt: z.string(),
  unit: z.enum(['count', 'ratio', 's']),
  leavesOut: z
    .enum(['block', 'round'])
    .describe(
      'Effect of a broken rule. block: the block is discarded for all cases of the comparison group. round: the case has no figure in that round.',
    ),
  limit: z.string().describe('The condition of the rule, fixed before the run.'),
  checked: z.int().nonnegative().describe('Slices with the figure.'),
  broken: z.int().nonnegative().describe('Slices that broke it.'),
  worst: z.number().optional().describe('The figure nearest to the limit, or furthest beyond it.'),
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
  notShown: z
    .array(z.strictObject({ case: caseSchema, metric: z.string(), why: z.string() }))
    .describe('Metrics that a comparison lacks, and why.'),
  rules: z.array(ruleSummarySchema).describe('All rules of validity, including those that no slice broke.'),
  blocks: z.array(groupBlocksSchema),
  foreign: z
    .strictObject({
      share: z.number().nonnegative().describe("Share of the machine's CPU time during all blocks."),
      processes: z
        .array(z.strictObject({ name: z.string(), share: z.number().nonnegative() }))
        .describe('The largest processes, if they are visible.'),
    })
    .optional()
    .describe('CPU time that other processes used. Absent if it was not read.'),
  rates: z
    .partialRecord(serverNameSchema, z.number().positive())
    .optional()
    .describe('Requests/s of the steady profile, equal on all paths of a server.'),
  sliceStarts: z.array(sliceStartSchema),
  advice: z
    .string()
    .optional()
    .describe('About how many rounds would narrow the widest declared interval to its margin.'),
  evidence: z.strictObject({ consistent: z.int(), contradicted: z.int(), unread: z.int() }),
  measuredShare: z.number().optional().describe('Share of the run inside slices and ramps.'),
  warnings: z.array(warningSchema),
});
export type Summary = z.infer<typeof summarySchema>;
