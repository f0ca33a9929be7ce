import * as z from 'zod';
import { fingerprintGroups } from './fingerprint.ts';
import { metricNameSchema } from './metric.ts';
import { pathIdSchema } from './path.ts';
import { profileNameSchema } from './profile.ts';
import { ratioInterval } from './ratio-interval.ts';
import { runIdSchema, runStateSchema } from './run.ts';
import { serverNameSchema } from './server.ts';
import { verdicts } from './summary.ts';
import { warningSchema } from './warning.ts';

const runName = z.string().describe('Name of a run in this document: A is the first that was given.');

const interval = {
  ...ratioInterval,
  confidence: z.number().describe('Level of the interval: 0.95 is 95 %.'),
};

const compared = {
  server: serverNameSchema,
  profile: profileNameSchema,
  path: pathIdSchema,
  baseline: pathIdSchema.describe('The path that it is compared with inside each run.'),
  metric: metricNameSchema,
};

const unused = z
  .string()
  .optional()
  .describe(
    'Why this run has no figure that counts here, or why its figure may not be used. Absent: it counts.',
  );

/** The overhead of one run. */
const ofRunSchema = z.strictObject({
  run: runName,
  unused,
  measured: z
    .strictObject({
      ...interval,
      rounds: z.int().min(1).describe('Rounds that the interval rests on.'),
      absolute: z
        .strictObject({
          baselineValue: z.number().describe("The baseline, in the metric's unit."),
          contenderValue: z.number().describe("The contender, in the metric's unit."),
          difference: z.number().describe("Contender less baseline, in the metric's unit."),
          differenceLow: z.number().describe('Lower bound of its interval.'),
          differenceHigh: z.number().describe('Upper bound of its interval.'),
        })
        .optional()
        .describe('Present only where the environments and methods of all runs are the same.'),
    })
    .optional()
    .describe('Absent where no data that count are left.'),
});
export type OfRun = z.infer<typeof ofRunSchema>;

const differenceSchema = z.strictObject({
  from: runName,
  to: runName,
  verdict: z
    .enum(verdicts)
    .optional()
    .describe(
      'slower: the path costs more against its baseline than it did, on this metric: a regression. faster: it costs less. ' +
        'equivalent: the change lies within the relevance margin. open: neither is shown. untrusted: one of the runs cannot ' +
        'be trusted here. Of declared comparisons that both runs measured.',
    ),
  reason: z.string().describe('Reason of the verdict, or why there is none.'),
  estimate: z
    .strictObject({
      ...interval,
      ratio: interval.ratio.describe(
        'The overhead in `to` over that in `from`: 1.03 is 3 % more against the baseline.',
      ),
      degreesOfFreedom: z.int().min(1).describe("Of Welch's t."),
      pValue: z.number().describe('Two-sided p of "the overheads are the same", by itself.'),
      pCorrected: z
        .number()
        .optional()
        .describe("The same, corrected by Holm's method over all differences of declared comparisons."),
    })
    .optional()
    .describe('Absent where a run has no figure, or one without an interval.'),
});
export type RunDifference = z.infer<typeof differenceSchema>;

const acrossSchema = z.strictObject({
  runs: z.array(runName).describe('The runs that it rests on.'),
  ...interval,
  ratio: interval.ratio.describe('Contender over baseline: the mean of the runs on the log scale.'),
  furtherLow: z
    .number()
    .positive()
    .describe('The overhead of a further run like these is expected from here, at the same level …'),
  furtherHigh: z.number().positive().describe('… to here.'),
  between: z
    .number()
    .nonnegative()
    .describe(
      "Standard deviation between runs on the log scale, beyond what their own intervals explain (Paule & Mandel's τ): 0.01 is about 1 %.",
    ),
  betweenShare: z
    .number()
    .nonnegative()
    .describe("Share of it in the variance of the runs' overheads (I²): 0.4 is 40 %."),
  pSame: z
    .number()
    .describe('p of "the runs differ no more than their own intervals explain", by Welch\'s test.'),
});
export type Across = z.infer<typeof acrossSchema>;

const comparisonSchema = z.strictObject({
  ...compared,
  declared: z.boolean().describe('Whether all of these runs named it before they began.'),
  margin: z.number().positive().describe('The relevance margin: 0.02 is ±2 %.'),
  overheads: z.array(ofRunSchema).describe('One for each run that has it.'),
  differences: z.array(differenceSchema).describe('Each later run against the first that has it.'),
  across: acrossSchema.optional().describe('All runs together. Present with three runs that count or more.'),
});
export type RunComparison = z.infer<typeof comparisonSchema>;

const differingFactSchema = z.strictObject({
  group: z.enum(fingerprintGroups).describe('What the fact is about.'),
  name: z.string().describe('The fact.'),
  values: z
    .array(
      z.strictObject({
        run: runName,
        value: z.string().optional().describe('Absent where the run does not know it.'),
      }),
    )
    .describe('One for each run.'),
});
export type DifferingFact = z.infer<typeof differingFactSchema>;

/** What `bench compare` finds: several runs side by side. */
export const runComparisonsSchema = z.strictObject({
  runs: z
    .array(
      z.strictObject({
        name: runName,
        runId: runIdSchema,
        startedAt: z.string().describe('When it began, UTC.'),
        state: runStateSchema,
        rounds: z.int().nonnegative().describe('Most rounds that any of its comparisons rests on.'),
        benchVersion: z.string().describe('Version of bench that measured it.'),
        environment: z
          .string()
          .describe('A short key of its environment and method: runs with one key have the same.'),
      }),
    )
    .describe('In the order in which they were given.'),
  confidence: z.number().describe('Level of the intervals of differences and of all runs together.'),
  environment: z
    .strictObject({
      same: z.boolean().describe('Whether absolute figures are shown: no fact differs.'),
      differences: z
        .array(differingFactSchema)
        .describe('The facts in which environments and methods differ.'),
      passing: z
        .array(differingFactSchema)
        .describe(
          'Facts that differ and may differ in one environment, such as the number of firewall rules. They may be why an overhead changed.',
        ),
    })
    .describe('Where and how the runs were measured.'),
  comparisons: z.array(comparisonSchema).describe('What at least two runs have: the declared ones first.'),
  notCompared: z
    .array(
      z.strictObject({
        ...compared,
        runs: z.array(runName).describe('The runs that have it.'),
        reason: z.string().describe('Why there is no difference.'),
      }),
    )
    .describe('What only one run has, or what runs measured under different loads.'),
  warnings: z.array(warningSchema).describe('What a reader of the figures must know.'),
});
export type RunComparisons = z.infer<typeof runComparisonsSchema>;
