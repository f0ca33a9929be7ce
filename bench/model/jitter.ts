import * as z from 'zod';
import type { JitterCount } from './load-agent.ts';

const gap = z.number().nonnegative();

/** How often the machine takes the CPU away from a program that wants it. */
export const jitterSchema = z
  .strictObject({
    wallSeconds: z.number().positive().describe('How long the loop ran, over all rounds.'),
    p50Us: gap.describe('Half of the time was in gaps of at most this length.'),
    p90Us: gap.describe('90 % of the time was in gaps of at most this length.'),
    p99Us: gap.describe('99 % of the time was in gaps of at most this length.'),
    p999Us: gap.describe('99.9 % of the time was in gaps of at most this length.'),
    longestUs: gap.describe('The longest gap.'),
  })
  .describe(
    "Gaps in a loop on the load agent's CPU that does nothing but look at the clock, before the first block of each round. " +
      'Gaps below 1 µs count as 0.',
  );
type Jitter = z.infer<typeof jitterSchema>;

/** @returns undefined where no loop ran. */
export function jitterOf(counts: readonly JitterCount[]): Jitter | undefined {
  const wallSeconds = counts.reduce((sum, it) => sum + it.wallSeconds, 0);
  if (wallSeconds === 0) return undefined;
  const longestFirst = counts.flatMap(({ gaps }) => gaps).toSorted((a, b) => b.us - a.us);
  return {
    wallSeconds,
    p50Us: timeQuantile(longestFirst, wallSeconds, 0.5),
    p90Us: timeQuantile(longestFirst, wallSeconds, 0.9),
    p99Us: timeQuantile(longestFirst, wallSeconds, 0.99),
    p999Us: timeQuantile(longestFirst, wallSeconds, 0.999),
    longestUs: longestFirst[0]?.us ?? 0,
  };
}

/** The length of which at most `1 - quantile` of the time is in longer gaps. 0 where all gaps together are less. */
function timeQuantile(longestFirst: JitterCount['gaps'], wallSeconds: number, quantile: number): number {
  const allowedUs = (1 - quantile) * wallSeconds * 1e6;
  let inGapsUs = 0;
  for (const { us, count } of longestFirst) {
    inGapsUs += us * count;
    if (inGapsUs > allowedUs) return us;
  }
  return 0;
}
