import * as z from 'zod';

/** How a run that has no fixed number of rounds ends (bench/docs/method.md, section 5). */
export const stoppingSchema = z.strictObject({
  seconds: z
    .number()
    .positive()
    .describe('Time limit, from the start of the first round. No round begins that would end later.'),
  precision: z
    .strictObject({
      halfWidth: z
        .number()
        .positive()
        .describe(
          'Requested precision of every declared interval: half of its width divided by its ratio. 0.01 is one per cent.',
        ),
      looks: z
        .array(z.int().min(1))
        .min(1)
        .describe('The numbers of rounds after which the intervals are checked.'),
      coverage: z
        .number()
        .gt(0.5)
        .lt(1)
        .describe('Level that the interval keeps at whichever look it stops: 0.95 is 95 %.'),
    })
    .optional()
    .describe('The width at which the run stops. Absent where time alone ends it.'),
});
export type Stopping = z.infer<typeof stoppingSchema>;

/** Why a whole run ended when it did. */
export const runStopSchema = z.strictObject({
  by: z
    .enum(['rounds', 'time', 'precision'])
    .describe('What ended it: all rounds, the time, or that every interval was tight enough.'),
  rounds: z.int().min(1).describe('Measured rounds.'),
  look: z.int().min(1).optional().describe('The number of the check that stopped the run: 1, 2, 3 …'),
  halfWidth: z
    .number()
    .nonnegative()
    .optional()
    .describe('Widest relative half-width of a declared interval when it was last looked at: 0.02 = ±2 %.'),
});
export type RunStop = z.infer<typeof runStopSchema>;
