import * as z from 'zod';
import { type Made, madeSchema } from '../../model/calibration.ts';
import { Failure } from '../../model/failure.ts';
import { runIdSchema } from '../../model/run.ts';
import { isMeasured, type Summary } from '../../model/summary.ts';

/** Nine of ten: an interval of 95 % may miss now and then. */
const leastCoveredShare = 0.9;

const us = z.number();

const delayRunSchema = z.strictObject({
  runId: runIdSchema,
  delayUs: us.describe('That was asked for.'),
  truthUs: us.describe(
    "By how much longer the waiting server held its requests, by the servers' own clocks: the middle of the rounds.",
  ),
  difference: us.describe('Estimated, of the median latencies, in µs.'),
  differenceLow: us.describe('Lower bound of its interval, in µs.'),
  differenceHigh: us.describe('Upper bound of its interval, in µs.'),
  baselineUs: us.describe('Median latency without the wait.'),
  covered: z.boolean().describe('Whether the interval holds the truth.'),
});
export type DelayRun = z.infer<typeof delayRunSchema>;

export const delayDocumentSchema = z
  .strictObject({
    made: madeSchema,
    runs: z.array(delayRunSchema).describe('Each run.'),
    covered: z.int().describe('Runs whose interval holds the truth.'),
    leastCovered: z.int().describe('Runs whose interval must hold it.'),
    holds: z.boolean().describe('Whether so many do.'),
    seconds: z.number().describe('That it took.'),
  })
  .meta({
    title: 'npm run calibrate:delay -- --json',
    description:
      'The method on a known difference: a server that waits before each answer against itself without.',
  });
export type DelayDocument = z.infer<typeof delayDocumentSchema>;

/**
 * The one comparison of a run in which the twin waits.
 * @throws {Failure} casesFailed: the run has none.
 */
export function delayRun(
  summary: Pick<Summary, 'runId' | 'twin'>,
  { delayUs, truths }: { readonly delayUs: number; readonly truths: readonly number[] },
): DelayRun {
  const found = summary.twin.find(({ metric }) => metric === 'latency_p50_us');
  if (found === undefined || !isMeasured(found)) {
    throw new Failure('casesFailed', `run ${summary.runId} has no median latency of its twin`, {
      hint: 'Look at why its slices do not count: bench report, with the path of its folder.',
    });
  }
  const truthUs = truths.toSorted((a, b) => a - b)[truths.length >> 1];
  if (truthUs === undefined || truths.some(Number.isNaN)) {
    throw new Failure(
      'casesFailed',
      `run ${summary.runId}: a server did not say how long it held its requests`,
    );
  }
  const { difference, differenceLow, differenceHigh, baselineValue } = found;
  return {
    runId: summary.runId,
    delayUs,
    truthUs,
    difference,
    differenceLow,
    differenceHigh,
    baselineUs: baselineValue,
    covered: differenceLow <= truthUs && truthUs <= differenceHigh,
  };
}

export function delayDocument(runs: readonly DelayRun[], took: number, made: Made): DelayDocument {
  const covered = runs.filter((run) => run.covered).length;
  const leastCovered = Math.ceil(leastCoveredShare * runs.length - 1e-9);
  return { made, runs: [...runs], covered, leastCovered, holds: covered >= leastCovered, seconds: took };
}
