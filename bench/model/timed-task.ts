import * as z from 'zod';

/** One small task that was repeated by itself for a while, or why it could not be. */
export const timedTaskSchema = z.union([
  z.strictObject({
    count: z.int().min(1).describe('How often it was done.'),
    p50Us: z.number().nonnegative().describe('Median of its durations.'),
    p75Us: z.number().nonnegative().describe('Three of four took at most this long.'),
  }),
  z.strictObject({ problem: z.string().describe('Why there is no figure.') }),
]);
export type TimedTask = z.infer<typeof timedTaskSchema>;

/** How long each task is repeated, in seconds; a warm-up comes before. */
export const taskSeconds = 0.3;
export const taskWarmupSeconds = 0.05;
