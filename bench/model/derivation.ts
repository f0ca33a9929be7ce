import * as z from 'zod';
import { figureKinds, figureSchema } from './figure.ts';

const quantityUnits = ['s', 'requests/s', 'count', 'ratio', 'share', 'change', 'p'] as const;

/** A number that led to a figure. */
export const quantitySchema = z.strictObject({
  value: z.number(),
  unit: z
    .enum(quantityUnits)
    .describe('share: 0.02 = 2 %; change: 1.02 = +2 %; ratio: a plain number; p: a probability.'),
});
export type Quantity = z.infer<typeof quantitySchema>;

/** A slice that a figure rests on, or that was left out of it. */
export const usedSliceSchema = z.strictObject({
  of: z.string().optional().describe('The case, where it is not said above.'),
  round: z.int().min(1),
  block: z.int().min(1),
  quantity: quantitySchema.optional().describe('What it contributes.'),
  why: z.string().optional().describe('Why it does not count.'),
});
export type UsedSlice = z.infer<typeof usedSliceSchema>;

export const derivationRowSchema = z.strictObject({
  of: z.string().describe('What the numbers are of: a round, a case, a half, a rule, …'),
  quantities: z.array(quantitySchema.extend({ name: z.string().optional() })),
  note: z.string().optional(),
  slices: z.array(usedSliceSchema).optional(),
});
export type DerivationRow = z.infer<typeof derivationRowSchema>;

export const derivationStepSchema = z.strictObject({
  title: z.string(),
  says: z.array(z.string()).describe('What is done, in words.'),
  rows: z.array(derivationRowSchema),
});
export type DerivationStep = z.infer<typeof derivationStepSchema>;

/** How a figure that is no comparison was computed: from its slices, step by step. */
export const derivationSchema = figureSchema.omit({ primary: true }).extend({
  kind: z.enum(figureKinds).exclude(['overhead', 'twin', 'step']),
  question: z.string().describe('What the figure answers, in words.'),
  steps: z.array(derivationStepSchema).min(1),
  method: z.string().describe('Where the formulas and their sources are.'),
});
export type Derivation = z.infer<typeof derivationSchema>;
