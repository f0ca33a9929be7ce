import * as z from 'zod';
import { madeSchema } from '../../model/calibration.ts';
import { marginOf, metric, metricNameSchema } from '../../model/metric.ts';
import { runIdSchema } from '../../model/run.ts';
import { isMeasured, type MeasuredOverhead, type Summary } from '../../model/summary.ts';

/** Bounds for a hundred comparisons of a server with itself: bench/docs/method.md, section 7. */
const bounds = { mostAlarms: 0.05, leastCovered: 0.92 } as const;

const repeatedSchema = z.strictObject({
  runId: runIdSchema,
  server: z.string().describe('What was put under load.'),
  profile: z.string().describe('The load.'),
  path: z.string().describe('Of both deployments.'),
  metric: metricNameSchema,
  rounds: z.int().describe('That the interval rests on.'),
  ratio: z.number().describe('The one over the other: 1 is the truth.'),
  ratioLow: z.number().describe('Lower bound of its interval.'),
  ratioHigh: z.number().describe('Upper bound of its interval.'),
  confidence: z.number().describe('Level that the interval reaches.'),
  verdict: z
    .enum(['slower', 'faster', 'no alarm'])
    .describe('As if the comparison were the only one of its run.'),
  coversOne: z.boolean().describe('Whether the interval covers the truth.'),
});
/** One A/A comparison: two identical deployments, on their profile's declared metric. */
export type Repeated = z.infer<typeof repeatedSchema>;

export const repeatDocumentSchema = z
  .strictObject({
    made: madeSchema,
    comparisons: z.int().describe('That were judged.'),
    alarms: z.int().describe('Verdicts slower or faster between two identical servers.'),
    covered: z.int().describe('Intervals that cover 1, the truth.'),
    withoutInterval: z.int().describe('Comparisons with too few rounds that counted: not among the others.'),
    mostAlarms: z.int().describe('Alarms that are allowed.'),
    leastCovered: z.int().describe('Intervals that must cover 1.'),
    holds: z.boolean().describe('Whether both bounds are kept.'),
    seconds: z.number().describe('That it took.'),
    runs: z.int().describe('That were measured.'),
    each: z.array(repeatedSchema).describe('Each comparison.'),
  })
  .meta({
    title: 'npm run calibrate:repeat -- --json',
    description:
      'The method on real servers that are the same: how often it sees a difference that is not there.',
  });
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
function verdictOf(twin: MeasuredOverhead): Repeated['verdict'] {
  const { ratioLow, ratioHigh } = twin;
  const { better } = metric(twin.metric);
  const margin = marginOf(twin);
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
