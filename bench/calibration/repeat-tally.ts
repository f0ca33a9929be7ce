import * as z from 'zod';
import { metric, metricNameSchema } from '../model/metric.ts';
import { runIdSchema } from '../model/run.ts';
import type { Overhead, Summary } from '../model/summary.ts';

/** Of a hundred comparisons of a server with itself: bench/docs/method.md, section 7. */
export const bounds = { mostAlarms: 0.05, leastCovered: 0.92 } as const;

export const repeatedSchema = z.strictObject({
  runId: runIdSchema,
  server: z.string(),
  profile: z.string(),
  path: z.string(),
  metric: metricNameSchema,
  rounds: z.int(),
  ratio: z.number(),
  low: z.number(),
  high: z.number(),
  confidence: z.number().describe('Level that the interval reaches.'),
  verdict: z.enum(['slower', 'faster', 'no alarm']),
  coversOne: z.boolean(),
});
/** One A/A comparison: two identical deployments, on their profile's declared metric. */
export type Repeated = z.infer<typeof repeatedSchema>;

export const repeatDocumentSchema = z
  .strictObject({
    comparisons: z.int(),
    alarms: z.int().describe('Verdicts slower or faster between two identical servers.'),
    covered: z.int().describe('Intervals that cover 1, the truth.'),
    withoutInterval: z.int().describe('Comparisons with too few rounds that counted: not among the others.'),
    mostAlarms: z.int(),
    leastCovered: z.int(),
    holds: z.boolean(),
    seconds: z.number(),
    runs: z.int(),
    each: z.array(repeatedSchema),
  })
  .describe('npm run calibrate:repeat -- --json');
export type RepeatDocument = z.infer<typeof repeatDocumentSchema>;

/**
 * The A/A comparisons of a run, each judged as if it were the only comparison of its run: not corrected for the others,
 * because each is to be right 95 % of the time by itself.
 */
export function repeatedOf(summary: Pick<Summary, 'runId' | 'twin'>): readonly Repeated[] {
  return summary.twin
    .filter(({ primary }) => primary)
    .map((twin): Repeated => {
      const { server, profile, path, rounds, ratio, low, high, confidence } = twin;
      return {
        runId: summary.runId,
        server,
        profile,
        path,
        metric: twin.metric,
        rounds,
        ratio,
        low,
        high,
        confidence,
        verdict: verdictOf(twin),
        coversOne: low <= 1 && high >= 1,
      };
    });
}

/** As the report gives it for a contender of its own: the whole interval beyond the margin. */
function verdictOf({ metric: name, low, high }: Overhead): Repeated['verdict'] {
  const { margin, better } = metric(name);
  if (low > 1 + margin) return better === 'lower' ? 'slower' : 'faster';
  if (high < 1 - margin) return better === 'lower' ? 'faster' : 'slower';
  return 'no alarm';
}

/** @param confidence that an interval must reach to be counted. */
export function tally(
  all: readonly Repeated[],
  confidence: number,
  took: { readonly seconds: number; readonly runs: number },
): RepeatDocument {
  const counted = all.filter((it) => it.confidence >= confidence);
  const alarms = counted.filter(({ verdict }) => verdict !== 'no alarm').length;
  const covered = counted.filter(({ coversOne }) => coversOne).length;
  const mostAlarms = Math.floor(bounds.mostAlarms * counted.length + 1e-9);
  const leastCovered = Math.ceil(bounds.leastCovered * counted.length - 1e-9);
  return {
    comparisons: counted.length,
    alarms,
    covered,
    withoutInterval: all.length - counted.length,
    mostAlarms,
    leastCovered,
    holds: counted.length > 0 && alarms <= mostAlarms && covered >= leastCovered,
    ...took,
    each: counted,
  };
}
