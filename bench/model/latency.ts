import * as z from 'zod';

/** Longest latency that is recorded, in nanoseconds: one minute. Longer ones count as one minute. */
export const longestLatencyNs = 60e9;

/** Latency part of a slice line, in microseconds. The quantiles are there to be read; the histogram is there to be merged. */
export const latencySchema = z.strictObject({
  meanUs: z.number().positive(),
  p50Us: z.number().positive(),
  p90Us: z.number().positive(),
  p99Us: z.number().positive(),
  maxUs: z.number().positive(),
  histogram: z
    .string()
    .describe('HdrHistogram V2, base64; nanoseconds, 3 significant digits. Compressed in older folders.'),
});
export type Latency = z.infer<typeof latencySchema>;
