import * as z from 'zod';
import { derivationSchema } from './derivation.ts';
import { figureSchema } from './figure.ts';
import { overheadSchema, stepSchema } from './summary.ts';

const side = z.enum(['baseline', 'contender']);

const head = {
  ...figureSchema.omit({ primary: true, kind: true }).shape,
  question: z.string().describe('What is compared with what, in words.'),
};

const roundSchema = z.strictObject({
  round: z.int().min(1),
  ratio: z.number().positive().describe('exp(y_r).'),
  logRatio: z.number().describe('y_r.'),
  standardError: z.number().optional().describe('Of y_r, from the pairs of the round.'),
  wholeLogRatio: z
    .number()
    .optional()
    .describe('The same over whole slices, where y_r is over the turns inside them.'),
  difference: z.number().describe('In the unit of the metric.'),
  baselineValue: z.number(),
  contenderValue: z.number(),
  slices: z.array(
    z.strictObject({
      side,
      block: z.int().min(1),
      value: z.number().optional().describe('Absent where the slices of the round are pooled.'),
      responses: z.int().nonnegative(),
      turnRates: z
        .array(z.number())
        .optional()
        .describe('Of a throughput whose turns are compared: requests per second in each.'),
    }),
  ),
});

const leftOutSchema = z.strictObject({
  side,
  round: z.int().min(1),
  block: z.int().min(1),
  status: z.enum(['invalid', 'failed', 'unpaired']),
  why: z.string(),
});

/** From the slices of two cases to an interval: what an overhead and a step of the waterfall have in common. */
const paired = {
  rounds: z.array(roundSchema),
  estimator: z.strictObject({
    ofRound: z.string(),
    ofRun: z.string(),
    walshAverages: z.int().min(1).describe('n(n+1)/2.'),
    rank: z
      .int()
      .min(1)
      .describe('The interval goes from the rank-th smallest to the rank-th largest average.'),
    wanted: z.number().describe('Confidence of the plan.'),
    reached: z.number().describe('What the interval covers with.'),
  }),
  leftOut: z.array(leftOutSchema),
  minResponses: z.int().describe('Fewest responses in a round for the metric to be shown.'),
  method: z.string().describe('Where the formulas and their sources are.'),
};
const pairedSchema = z.strictObject(paired);
export type PairedExplanation = z.infer<typeof pairedSchema>;

const overheadExplanationSchema = z.strictObject({
  kind: z.enum(['overhead', 'twin']),
  ...head,
  overhead: overheadSchema,
  ...paired,
  decision: z.strictObject({
    margin: z.number().describe('A relative change smaller than this is of no interest.'),
    pNoDifference: z.number().describe('Before any correction.'),
    pWithinMargin: z.number().describe('Before any correction.'),
    equivalence: z.strictObject({ confidence: z.number(), low: z.number(), high: z.number() }),
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
});
export type OverheadExplanation = z.infer<typeof overheadExplanationSchema>;

const stepExplanationSchema = z.strictObject({
  kind: z.literal('step'),
  ...head,
  step: stepSchema.describe('`baseline` below is the layer before, `contender` the one that is added.'),
  ...paired,
});
export type StepExplanation = z.infer<typeof stepExplanationSchema>;

/** How one figure of the report was computed, and from which slices: `bench report RUN --explain FIGURE --json`. */
export const explanationSchema = z.discriminatedUnion('kind', [
  overheadExplanationSchema,
  stepExplanationSchema,
  derivationSchema,
]);
export type Explanation = z.infer<typeof explanationSchema>;
