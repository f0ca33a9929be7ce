import * as z from 'zod';
import { caseSchema, deploymentSchema, roleSchema } from './case.ts';
import { environmentSchema } from './environment.ts';
import { jitterSchema } from './jitter.ts';
import { kernelCounterSchema } from './kernel-counters.ts';
import { metricNameSchema } from './metric.ts';
import { pathIdSchema } from './path.ts';
import { profileNameSchema } from './profile.ts';
import { runIdSchema, runStateSchema, schemaVersionSchema } from './run.ts';
import { serverNameSchema } from './server.ts';
import { validityRules } from './slice.ts';
import { agentCeilingSchema, lookupSchema } from './timed-once.ts';
import { warningSchema } from './warning.ts';

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

/** How busy the CPUs of both sides were, and who was the limit by that. */
const busy = {
  serverBusy: z
    .number()
    .nonnegative()
    .optional()
    .describe("Share of the time that the server's CPU was busy: 1 is all of it."),
  agentBusy: z
    .number()
    .nonnegative()
    .optional()
    .describe("Share of the time that the load agent's CPU was busy: 1 is all of it."),
  limit,
};

const verdictSays =
  'slower, faster: it differs from the baseline, for worse or for better. equivalent: it lies within the relevance margin. open: ' +
  'neither is shown. untrusted: the run cannot tell. Of declared comparisons; absent where the load agent was the limit, or where its own lag is a tenth of a quantile.';
const reasonSays = 'Reason of the verdict, or why there is none.';

const compared = {
  server: serverNameSchema,
  profile: profileNameSchema,
  path: pathIdSchema,
  baseline: pathIdSchema.describe('The path that it is compared with.'),
  metric: metricNameSchema,
  declared: z
    .boolean()
    .describe('Whether it was named before the run. All others have an estimate and an interval only.'),
  verdict: z.enum(verdicts).optional().describe(verdictSays),
  reason: z.string().optional().describe(reasonSays),
  margin: z
    .number()
    .positive()
    .optional()
    .describe(
      'The relevance margin that the plan asks for: 0.05 is ±5 %. Absent: the usual one of the metric.',
    ),
};

/** Estimate and interval of one quantity against another, round by round. */
const estimated = {
  ratio: z
    .number()
    .positive()
    .describe('Contender over baseline: exp of the Hodges-Lehmann estimate of the log ratios of the rounds.'),
  ratioLow: z.number().nonnegative().describe('Lower bound of the interval of the ratio.'),
  ratioHigh: z.number().nonnegative().describe('Upper bound of the interval of the ratio.'),
  confidence: z
    .number()
    .describe(
      "Level that the interval reaches, at least the plan's: 0.95 is 95 %. Few rounds allow few levels.",
    ),
  difference: z
    .number()
    .describe(
      "In the metric's unit: the baseline's value × (ratio − 1). The bounds are computed in the same way.",
    ),
  differenceLow: z.number().describe('Lower bound of the interval of the difference.'),
  differenceHigh: z.number().describe('Upper bound of the interval of the difference.'),
  rounds: z.int().min(1).describe('Rounds that the interval rests on: the n.'),
};

/** Contender against baseline on one metric, with its confidence interval. */
export const overheadSchema = z.union([
  z.strictObject({
    ...compared,
    baselineValue: z
      .number()
      .describe("The baseline in the metric's unit: Hodges-Lehmann over the rounds, on the log scale."),
    contenderValue: z.number().describe("In the metric's unit: the baseline's value × ratio."),
    ...estimated,
    pValue: z
      .number()
      .describe(
        "Signed-rank test that the ratio is 1, two-sided; for declared comparisons corrected by Holm's method over all of them.",
      ),
    limit,
  }),
  z
    .strictObject({
      ...compared,
      verdict: z.literal('untrusted').describe(verdictSays),
      reason: z.string().describe(reasonSays),
    })
    .describe('A declared comparison without valid data.'),
]);
export type Overhead = z.infer<typeof overheadSchema>;
export type MeasuredOverhead = Extract<Overhead, { ratio: number }>;

/** Whether an interval has the level that was asked for. Too few rounds allow none so sure. */
export function reachesLevel({ confidence }: { readonly confidence: number }, level: number): boolean {
  // A file has rounded levels.
  return confidence >= level - 1e-9;
}

/**
 * Whether a comparison was declared and has no verdict. It was not measured then, although it may have figures: the load
 * agent was the limit, for example.
 */
export function lacksVerdict({ declared, verdict }: Pick<Overhead, 'declared' | 'verdict'>): boolean {
  return declared && verdict === undefined;
}

export function isMeasured(overhead: Overhead): overhead is MeasuredOverhead {
  return 'ratio' in overhead;
}

/** What one layer of the waterfall adds to the one before it, on one metric. */
const stepSchema = z.strictObject({
  server: serverNameSchema,
  profile: profileNameSchema,
  from: pathIdSchema.describe('The path without the layer.'),
  to: pathIdSchema.describe('The path with it.'),
  metric: metricNameSchema,
  fromValue: z.number().describe("Without the layer, in the metric's unit."),
  toValue: z.number().describe("With it, in the metric's unit."),
  ...estimated,
});
export type Step = z.infer<typeof stepSchema>;

/** What a network mode costs besides requests, in the order in which a report shows it. */
export const besideKinds = ['create', 'start', 'answer', 'ready', 'connect', 'request'] as const;
export type BesideKind = (typeof besideKinds)[number];

const besideSchema = z.strictObject({
  server: serverNameSchema,
  path: pathIdSchema,
  role: roleSchema,
  baseline: pathIdSchema.describe('The path that it is compared with.'),
  what: z
    .enum(besideKinds)
    .describe(
      'create: the engine creates the container. start: it starts it, with its network. answer: from then to the first answer. ' +
        'ready: the three together. connect: opening a TCP connection, and request: one request on an open connection, both ' +
        'timed by themselves on request (--probes).',
    ),
  rounds: z.int().min(1).describe('Rounds in which it was timed.'),
  medianSeconds: z
    .number()
    .nonnegative()
    .describe("Median of the rounds. A round's connect and request is a median itself."),
  lowestSeconds: z.number().nonnegative().describe('Lowest of the rounds.'),
  highestSeconds: z.number().nonnegative().describe('Highest of the rounds.'),
  compared: z
    .strictObject({
      ratio: estimated.ratio,
      ratioLow: estimated.ratioLow,
      ratioHigh: estimated.ratioHigh,
      confidence: estimated.confidence,
      differenceSeconds: z
        .number()
        .describe("The baseline's value × (ratio − 1). The bounds are computed in the same way."),
      differenceLowSeconds: z.number().describe('Lower bound of the interval of the difference.'),
      differenceHighSeconds: z.number().describe('Upper bound of the interval of the difference.'),
      rounds: estimated.rounds,
    })
    .optional()
    .describe('Against the baseline, round by round. Absent for the baseline itself.'),
});
export type BesideRequests = z.infer<typeof besideSchema>;

const microseconds = z.number().nonnegative();

const sweptChangeSchema = z
  .strictObject({
    ratio: estimated.ratio,
    ratioLow: estimated.ratioLow,
    ratioHigh: estimated.ratioHigh,
    confidence: estimated.confidence,
    rounds: estimated.rounds,
  })
  .optional();

/** One number of connections on one path, over the rounds with a sweep. */
export const sweptSchema = deploymentSchema.extend({
  baseline: pathIdSchema.describe('The path that it is compared with.'),
  connections: z.int().min(1).describe('Concurrent connections.'),
  rounds: z.int().min(1).describe('Rounds with figures.'),
  requestsPerSecond: z.number().positive().describe('Requests a second: the median of the rounds.'),
  lowestRequestsPerSecond: z.number().positive().describe('Requests a second in the lowest round.'),
  highestRequestsPerSecond: z.number().positive().describe('Requests a second in the highest round.'),
  latencyP50Us: microseconds.describe('Median latency: the median of the rounds.'),
  lowestLatencyP50Us: microseconds.describe('Median latency in the lowest round.'),
  highestLatencyP50Us: microseconds.describe('Median latency in the highest round.'),
  rateChange: sweptChangeSchema.describe(
    'Requests a second against those of the baseline with as many connections. Absent for the baseline itself.',
  ),
  latencyChange: sweptChangeSchema.describe(
    'Median latency against that of the baseline with as many connections. Absent for the baseline itself.',
  ),
  ...busy,
});
export type Swept = z.infer<typeof sweptSchema>;

const kernelDifferenceSchema = z.strictObject({
  counter: kernelCounterSchema.describe('The counter, as in evidence.ndjson.'),
  server: serverNameSchema.optional(),
  path: pathIdSchema.optional(),
  baseline: pathIdSchema.optional().describe('The path that it is compared with.'),
  events: z
    .number()
    .nonnegative()
    .describe('Events a round; of context switches, a request. The median of the rounds.'),
  baselineEvents: z.number().nonnegative().optional().describe('The same for the baseline.'),
  rounds: z.int().min(1).describe('Rounds in which it was read, of both sides.'),
  differingRounds: z
    .int()
    .min(1)
    .describe(
      'Rounds of these in which it is more than 10 events, and more than twice as many a request as on the other side.',
    ),
});
export type KernelDifference = z.infer<typeof kernelDifferenceSchema>;

const openQuantiles = z.strictObject({
  p50Us: microseconds.describe('Half of the requests took at most this.'),
  p90Us: microseconds.describe('90 % of the requests took at most this.'),
  p99Us: microseconds.describe('99 % of the requests took at most this.'),
  p999Us: microseconds
    .optional()
    .describe('99.9 % of the requests took at most this. Absent where fewer than 100 took longer.'),
});

/** What one case measured on its own, over all its rounds that count. */
export const caseSummarySchema = caseSchema.extend({
  slices: z
    .strictObject({
      completed: z.int().describe('Measured, and no rule broken.'),
      invalid: z.int().describe('Measured, and a rule broken.'),
      failed: z.int().describe('Not measured.'),
    })
    .describe('Slices by their status.'),
  rounds: z.int().nonnegative().describe('Rounds that have a figure.'),
  missedRounds: z.int().nonnegative().describe('Rounds without a figure, for a fault of the case itself.'),
  requests: z.int().nonnegative().describe('Responses inside the windows of the rounds that count.'),
  values: z
    .partialRecord(metricNameSchema, z.number())
    .describe(
      "By metric, in the metric's unit: medians over rounds. A metric without enough data is absent.",
    ),
  cpu: z
    .strictObject({
      serverUs: microseconds.optional().describe('CPU time of the server alone.'),
      proxyUs: microseconds.optional().describe('CPU time of docker-proxy. Absent where it used none.'),
      agentUs: microseconds
        .optional()
        .describe('CPU time of the load agent. Absent in the paced profile: its load agent never rests.'),
      softirqUs: microseconds
        .optional()
        .describe(
          "CPU time in softirq of the whole machine, by ticks: an estimate, and part of the others' on kernels that charge it so.",
        ),
    })
    .optional()
    .describe('CPU time a request by who used it, over all rounds that count. Absent where none does.'),
  open: z
    .strictObject({
      serviceTime: openQuantiles.describe('From the actual send of a request to its answer.'),
      sendLag: openQuantiles.describe(
        "The load agent's own lateness: from when a request was due until it was sent, without the time in which all connections were busy.",
      ),
    })
    .optional()
    .describe(
      'What the latencies of the paced profile are made of, over all rounds that count together. A quantile where the lag is a tenth or more is not shown.',
    ),
  ...busy,
});
export type CaseSummary = z.infer<typeof caseSummarySchema>;

/** The first two turns of the slices against the others. This shows whether slices begin as they continue. */
const sliceStartSchema = z.strictObject({
  server: serverNameSchema,
  profile: profileNameSchema,
  path: pathIdSchema,
  baseline: pathIdSchema.describe('The path that it is compared with.'),
  ratio: z
    .number()
    .positive()
    .describe(
      'The ratio contender/baseline of the rates in the first two turns, divided by that in the other turns.',
    ),
  ratioLow: z.number().nonnegative().describe('Lower bound of its interval.'),
  ratioHigh: z.number().nonnegative().describe('Upper bound of its interval.'),
  rounds: z.int().min(1).describe('Rounds that the interval rests on.'),
  pValue: z
    .number()
    .describe(
      "Signed-rank test that the ratio is 1, two-sided, corrected by Holm's method over all that are tested.",
    ),
  differs: z.boolean().describe('Whether slices begin unlike they continue, and not by chance.'),
});
export type SliceStart = z.infer<typeof sliceStartSchema>;

/** Blocks of one comparison group. */
const groupBlocksSchema = z.strictObject({
  server: serverNameSchema,
  profile: profileNameSchema,
  baseline: pathIdSchema.describe('Baseline of the paths that are compared.'),
  measured: z.int().nonnegative().describe('Blocks that were measured to their end.'),
  disturbed: z.int().nonnegative().describe('Blocks that do not count for any of its cases.'),
});
export type GroupBlocks = z.infer<typeof groupBlocksSchema>;

/** One rule over all slices of the run that did not fail. */
const ruleSummarySchema = z.strictObject({
  rule: z.enum(validityRules).describe('Its name (bench/docs/method.md, section 2).'),
  looksAt: z.string().describe('The figure that it looks at, in words.'),
  unit: z.enum(['count', 'ratio', 's']).describe('Of that figure; s: seconds.'),
  leavesOut: z
    .enum(['block', 'round'])
    .describe(
      'Effect of a broken rule. block: the block is discarded for all cases of the comparison group. round: the case has no figure in that round.',
    ),
  limit: z.string().describe('The condition of the rule, fixed before the run.'),
  checked: z.int().nonnegative().describe('Slices with the figure.'),
  broken: z.int().nonnegative().describe('Slices that broke it.'),
  worst: z
    .number()
    .optional()
    .describe('The figure that came nearest to the limit or went furthest beyond, in `unit`.'),
});
export type RuleSummary = z.infer<typeof ruleSummarySchema>;

/** summary.json: what a run found. Derived from the folder by pure functions, so it can be made again. */
export const summarySchema = z.strictObject({
  schemaVersion: schemaVersionSchema,
  runId: runIdSchema,
  state: runStateSchema,
  environment: environmentSchema.describe('Where it was measured.'),
  baseline: z.array(pathIdSchema).describe('The paths that others are compared with: one for each vantage.'),
  headline: z.array(z.string()).describe('Verdict sentences, most important first.'),
  overheads: z
    .array(overheadSchema)
    .describe('What each path costs against its baseline, by server, profile and metric.'),
  twin: z.array(overheadSchema).describe('The A/A control: the twin against the baseline.'),
  steps: z
    .array(stepSchema)
    .optional()
    .describe('The waterfall from a plain process to docker-proxy, as far as its paths were measured.'),
  cases: z
    .array(caseSummarySchema)
    .describe('Each server on each path under each profile by itself, over its rounds that count.'),
  leftOut: z
    .array(
      z.strictObject({
        case: caseSchema.describe('Whose slices.'),
        rule: z.string().describe('The rule that they broke; failed: they were not measured.'),
        slices: z.int().min(1).describe('How many.'),
        example: z.string().describe('What one of them says.'),
      }),
    )
    .describe('Slices that do not count, and why.'),
  notShown: z
    .array(
      z.strictObject({
        case: caseSchema.describe('Which case.'),
        metric: z.string().describe('Which metric.'),
        why: z.string().describe('The reason, in words.'),
      }),
    )
    .describe('Metrics that a comparison lacks, and why.'),
  rules: z.array(ruleSummarySchema).describe('All rules of validity, including those that no slice broke.'),
  blocks: z
    .array(groupBlocksSchema)
    .describe('For each group of paths that are compared: how many blocks there were, and how many count.'),
  foreign: z
    .strictObject({
      share: z
        .number()
        .nonnegative()
        .describe("Share of the machine's CPU time during all blocks: 0.02 is 2 %."),
      processes: z
        .array(
          z.strictObject({
            name: z.string().describe("The process's command."),
            share: z.number().nonnegative().describe("Share of the machine's CPU time: 0.02 is 2 %."),
          }),
        )
        .describe('The largest processes, if they are visible.'),
    })
    .optional()
    .describe('CPU time that other processes used. Absent if it was not read.'),
  rates: z
    .record(serverNameSchema, z.number().positive())
    .optional()
    .describe('Requests/s of the steady profile, equal on all paths of a server.'),
  pacedRates: z
    .record(serverNameSchema, z.number().positive())
    .optional()
    .describe('Requests/s of the paced profile, equal on all paths of a server.'),
  jitter: jitterSchema.optional().describe('Of the paced profile only.'),
  sliceStarts: z
    .array(sliceStartSchema)
    .describe(
      'Whether slices begin at the rate at which they continue: of each comparison of the throughput profile.',
    ),
  advice: z
    .string()
    .optional()
    .describe('About how many rounds would narrow the widest declared interval to its margin.'),
  evidence: z
    .strictObject({
      consistent: z.int().describe('All that was seen agrees with the claimed path.'),
      contradicted: z.int().describe('Something does not.'),
      unread: z.int().describe('The round ended before the evidence was complete.'),
    })
    .describe('Deployments, each round on its own, by what was seen of their path.'),
  besideRequests: z
    .array(besideSchema)
    .optional()
    .describe('What each mode costs besides requests. Absent where nothing of it was timed.'),
  sweep: z
    .array(sweptSchema)
    .optional()
    .describe(
      'Rate and latency on each path under 1, 2, 4, 8 … connections. They get no verdict. Only with --sweep.',
    ),
  kernel: z
    .array(kernelDifferenceSchema)
    .optional()
    .describe(
      'Counters of the kernel in which a path differs from its baseline in most rounds. Without a path: of the load agent or the host, for all together. Absent where none does.',
    ),
  lookups: z
    .array(lookupSchema)
    .optional()
    .describe('DNS lookups by network mode, timed once. Only with --probes.'),
  agentCeiling: agentCeilingSchema
    .optional()
    .describe('The load agent against a server that does nothing, once.'),
  measuredShare: z.number().optional().describe('Share of the run inside slices and ramps: 0.8 is 80 %.'),
  warnings: z.array(warningSchema).describe('What a reader of the figures must know.'),
});
export type Summary = z.infer<typeof summarySchema>;
