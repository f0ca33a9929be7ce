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
    "Whose CPU was busy all the time; `none`: nobody's. Of a comparison: of both sides, or the one that spoils it. " +
      'Absent where it cannot be told.',
  );

const compared = {
  server: serverNameSchema,
  profile: z.enum(profileNames),
  path: pathIdSchema,
  baseline: pathIdSchema,
  metric: metricNameSchema,
  declared: z.boolean().describe('Named before the run. All others have an estimate and an interval only.'),
  verdict: z
    .enum(verdicts)
    .optional()
    .describe('Of declared comparisons; absent where the load agent was the limit.'),
  reason: z.string().optional().describe('Of the verdict, or why there is none, in words.'),
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
    .describe("In the metric's unit: the baseline's value × (ratio − 1), and so its bounds."),
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
        "Signed-rank, two-sided, of 'the ratio is 1'; by Holm's method over all declared where declared.",
      ),
    limit,
  }),
  z
    .strictObject({ ...compared, verdict: z.literal('untrusted'), reason: z.string() })
    .describe('A declared comparison of which nothing that counts is left.'),
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
  rounds: z.int().nonnegative().describe('That have a figure.'),
  missedRounds: z.int().nonnegative().describe('Without a figure, for a fault of the case itself.'),
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
          "Of the whole machine, by ticks: an estimate, and part of the others' on kernels that charge it so.",
        ),
    })
    .optional()
    .describe('CPU a request, split. Absent where no round counts.'),
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
    .describe('The ratio contender/baseline of rates in the first two turns, over that in the others.'),
  ratioLow: z.number().nonnegative(),
  ratioHigh: z.number().nonnegative(),
  rounds: z.int().min(1),
  pValue: z.number().describe("Signed-rank, two-sided, by Holm's method over all that are tested."),
  differs: z.boolean(),
});
export type SliceStart = z.infer<typeof sliceStartSchema>;

/** Blocks of one comparison group. */
const groupBlocksSchema = z.strictObject({
  server: serverNameSchema,
  profile: z.enum(profileNames),
  baseline: pathIdSchema,
  measured: z.int().nonnegative(),
  disturbed: z.int().nonnegative().describe('That do not count for any of its cases.'),
});
export type GroupBlocks = z.infer<typeof groupBlocksSchema>;

/** One rule over all slices of the run that did not fail. */
const ruleSummarySchema = z.strictObject({
  rule: z.enum(validityRules),
  looksAt: z.string(),
  unit: z.enum(['count', 'ratio', 's']),
  leavesOut: z
    .enum(['block', 'round'])
    .describe("block: for all cases of the comparison group. round: the case's own figure of that round."),
  limit: z.string().describe('When the rule holds, written down before the run.'),
  checked: z.int().nonnegative().describe('Slices that have the figure.'),
  broken: z.int().nonnegative().describe('Slices that broke it.'),
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
  notShown: z
    .array(z.strictObject({ case: caseSchema, metric: z.string(), why: z.string() }))
    .describe('Metrics that a comparison does not have, and why.'),
  rules: z.array(ruleSummarySchema).describe('Every rule of validity, also those that no slice broke.'),
  blocks: z.array(groupBlocksSchema),
  foreign: z
    .strictObject({
      share: z.number().nonnegative().describe("Of the machine's CPU time during all blocks."),
      processes: z
        .array(z.strictObject({ name: z.string(), share: z.number().nonnegative() }))
        .describe('The largest, as far as they can be seen.'),
    })
    .optional()
    .describe('CPU time that others used. Absent where it is unread.'),
  rates: z
    .partialRecord(serverNameSchema, z.number().positive())
    .optional()
    .describe('Requests/s of the steady profile, equal on all paths of a server.'),
  sliceStarts: z.array(sliceStartSchema),
  advice: z
    .string()
    .optional()
    .describe('About how many rounds narrow the widest declared interval to its margin.'),
  evidence: z.strictObject({ consistent: z.int(), contradicted: z.int(), unread: z.int() }),
  measuredShare: z.number().optional().describe('Share of the run inside slices and ramps.'),
  warnings: z.array(warningSchema),
});
export type Summary = z.infer<typeof summarySchema>;
