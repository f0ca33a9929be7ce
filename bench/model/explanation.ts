import * as z from 'zod';
import { metricNameSchema } from './metric.ts';
import { overheadSchema } from './summary.ts';

const side = z.enum(['baseline', 'contender']);

/** How one figure of the report was computed, and from which slices: `bench report RUN --explain FIGURE --json`. */
export const explanationSchema = z.strictObject({
  figure: z
    .string()
    .describe('server:profile:path:metric, with path@twin for the twin and path@baseline for others.'),
  question: z.string().describe('What is compared with what, in words.'),
  overhead: overheadSchema,
  rounds: z.array(
    z.strictObject({
      round: z.int().min(1),
      ratio: z.number().positive().describe('exp(y_r).'),
      logRatio: z.number().describe('y_r.'),
      standardError: z.number().optional().describe('Of y_r, from the slices of the round.'),
      difference: z.number().describe('In the unit of the metric.'),
      baselineValue: z.number(),
      contenderValue: z.number(),
      slices: z.array(
        z.strictObject({
          side,
          block: z.int().min(1),
          value: z.number().optional().describe('Absent where the slices of the round are pooled.'),
          responses: z.int().nonnegative(),
        }),
      ),
    }),
  ),
  estimator: z.strictObject({
    ofRound: z.string(),
    ofRun: z.string(),
    walshAverages: z.int().min(1).describe('n(n+1)/2.'),
    rank: z
      .int()
      .min(1)
      .describe('The interval goes from the rank-th smallest to the rank-th largest average.'),
    wanted: z.number().describe('Confidence of the plan.'),
    reached: z.number().describe('What the exact interval covers with.'),
    equivalence: z.strictObject({ confidence: z.number(), low: z.number(), high: z.number() }),
  }),
  decision: z.strictObject({
    margin: z.number().describe('A relative change smaller than this is of no interest.'),
    pNoDifference: z.number().describe('Before any correction.'),
    pWithinMargin: z.number().describe('Before any correction.'),
    correction: z
      .strictObject({
        method: z.literal('Holm'),
        comparisons: z.int().min(1),
        of: z.string(),
        pNoDifference: z.number(),
        pWithinMargin: z.number(),
      })
      .optional()
      .describe('On the declared metric only.'),
    steps: z.array(z.string()).describe('From the figures to the verdict, in words.'),
  }),
  detectable: z
    .strictObject({
      change: z.number(),
      spread: z.number().describe("Of the twin's rounds, median-unbiased, on the log scale."),
      multiple: z.number(),
      rounds: z.int(),
    })
    .optional(),
  leftOut: z.array(
    z.strictObject({
      side,
      round: z.int().min(1),
      block: z.int().min(1),
      status: z.enum(['invalid', 'failed', 'unpaired']),
      why: z.string(),
    }),
  ),
  minResponses: z.int().describe('Fewest responses in a round for the metric to be shown.'),
  method: z.string().describe('Where the formulas and their sources are.'),
});
export type Explanation = z.infer<typeof explanationSchema>;

/** What can be explained: `bench report RUN --explain --json`. */
export const figureListSchema = z.strictObject({
  figures: z.array(
    z.strictObject({
      figure: z.string(),
      metric: metricNameSchema,
      primary: z.boolean(),
      ratio: z.number().positive(),
      low: z.number(),
      high: z.number(),
    }),
  ),
});
export type FigureList = z.infer<typeof figureListSchema>;
