import * as z from 'zod';
import { figureSchema } from './figure.ts';

const quantityUnits = ['us', 'rps', 'mbs', 's', 'count', 'ratio', 'share', 'p'] as const;

/** A number that led to a figure. */
const quantitySchema = z.strictObject({
  name: z.string().optional().describe('Absent for a single quantity, or for the first of several.'),
  value: z.number().describe('In `unit`.'),
  unit: z
    .enum(quantityUnits)
    .describe(
      'us: microseconds; rps: requests a second; mbs: megabytes a second; share: 0.02 = 2 %; ratio: a plain number; p: a probability.',
    ),
});
export type Quantity = z.infer<typeof quantitySchema>;

/** A slice that a figure rests on, or that was left out of it. */
const usedSliceSchema = z.strictObject({
  of: z.string().optional().describe('The case. Absent if the row already names it.'),
  round: z.int().min(1).describe('Its round.'),
  block: z.int().min(1).describe('Its block of the round.'),
  quantities: z.array(quantitySchema).optional().describe('The quantities that the slice contributes.'),
  why: z.string().optional().describe('Why the slice does not count.'),
});
export type UsedSlice = z.infer<typeof usedSliceSchema>;

const explanationRowSchema = z.strictObject({
  of: z.string().describe('The subject of the numbers: a round, a case, a rule, …'),
  quantities: z.array(quantitySchema).describe('The numbers.'),
  note: z.string().optional().describe('What else is to be said of them.'),
  slices: z.array(usedSliceSchema).optional().describe('That they rest on, or that were left out.'),
});
export type ExplanationRow = z.infer<typeof explanationRowSchema>;

const explanationStepSchema = z.strictObject({
  title: z.string().describe('What the step is about.'),
  says: z.array(z.string()).describe('The computation in words.'),
  rows: z.array(explanationRowSchema).describe('The numbers of the step.'),
});
export type ExplanationStep = z.infer<typeof explanationStepSchema>;

/** How one figure of the report was computed, and from which slices: `bench report RUN --explain FIGURE --json`. */
export const explanationSchema = figureSchema.omit({ declared: true }).extend({
  question: z.string().describe('The question that the figure answers.'),
  steps: z.array(explanationStepSchema).min(1).describe('From the slices to the figure.'),
  method: z.string().describe('The page with the formulas and their sources.'),
});
export type Explanation = z.infer<typeof explanationSchema>;
