import * as z from 'zod';

/** Longest latency that is recorded, in nanoseconds: one minute. Longer ones count as one minute. */
export const longestLatencyNs = 60e9;

/** Latency part of a slice line. The quantiles are there to be read; the histogram is there to be merged. */
export const latencySchema = z.strictObject({
  meanUs: z.number().positive().describe('Mean latency of its responses.'),
  p50Us: z.number().positive().describe('Median latency of its responses.'),
  p90Us: z.number().positive().describe('Latency that 90 % of its responses took at most.'),
  p99Us: z
    .number()
    .positive()
    .describe(
      'Latency that 99 % of its responses took at most: mostly chance where there are fewer than 10,000.',
    ),
  p999Us: z
    .number()
    .positive()
    .optional()
    .describe(
      'Latency that 99.9 % of its responses took at most: mostly chance where there are fewer than 100,000. Of the paced profile only.',
    ),
  maxUs: z.number().positive().describe('Longest latency of its responses.'),
  histogram: z.string().describe('HdrHistogram V2, base64; nanoseconds, 3 significant digits.'),
});
export type Latency = z.infer<typeof latencySchema>;
