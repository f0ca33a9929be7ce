import * as z from 'zod';
import { madeSchema } from '../../model/calibration.ts';
import { metric, metricNameSchema } from '../../model/metric.ts';
import { runIdSchema } from '../../model/run.ts';
import { isMeasured, type MeasuredOverhead, type Summary } from '../../model/summary.ts';

/** Bounds for a hundred comparisons of a server with itself: bench/docs/method.md, section 7. */
const bounds = { mostAlarms: 0.05, leastCovered: 0.92 } as const;

const repeatedSchema = z.strictObject({
  runId: runIdSchema,
  server: z.string(),
  profile: z.string(),
  path: z.string(),
  metric: metricNameSchema,
  rounds: z.int(),
  ratio: z.number(),
  ratioLow: z.number(),
  ratioHigh: z.number(),
  confidence: z.number().describe('Level that the interval reaches.'),
  verdict: z.enum(['slower', 'faster', 'no alarm']),
  coversOne: z.boolean(),
});
/** One A/A comparison: two identical deployments, on their profile's declared metric. */
export type Repeated = z.infer<typeof repeatedSchema>;

export const repeatDocumentSchema = z
  .strictObject({
    made: madeSchema,
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
 * The A/A comparisons of a run, each judged as if it were the only one of its run. They are not corrected for
 * each other, because each has to be right 95 % of the time by itself.
 */
export function repeatedOf(summary: Pick<Summary, 'runId' | 'twin'>): readonly Repeated[] {
  return summary.twin.flatMap((twin): Repeated[] => {
    if (!twin.declared || !isMeasured(twin)) return [];
    const { server, profile, path, metric: name, rounds, ratio, ratioLow, ratioHigh, confidence } = twin;
    return [
      {
        runId: summary.runId,
        ...{ server, profile, path, metric: name, rounds, ratio, ratioLow, ratioHigh, confidence },
        verdict: verdictOf(twin),
        coversOne: ratioLow <= 1 && ratioHigh >= 1,
      },
    ];
  });
}

/**
 * The verdict of the report for a declared comparison: the interval excludes 1 and is not inside the margin.
 */
function verdictOf({ metric: name, ratioLow, ratioHigh }: MeasuredOverhead): Repeated['verdict'] {
  const { margin, better } = metric(name);
  const inside = ratioLow > 1 - margin && ratioHigh < 1 + margin;
  if (inside || (ratioLow <= 1 && ratioHigh >= 1)) return 'no alarm';
  return ratioLow > 1 === (better === 'lower') ? 'slower' : 'faster';
}

/** @param confidence that an interval must reach to be counted. */
export function tally(
  all: readonly Repeated[],
  confidence: number,
  took: { readonly seconds: number; readonly runs: number },
): Omit<RepeatDocument, 'made'> {
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
