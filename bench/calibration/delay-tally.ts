import * as z from 'zod';
import { Failure } from '../model/failure.ts';
import { runIdSchema } from '../model/run.ts';
import type { Summary } from '../model/summary.ts';

/** Nine of ten: an interval of 95 % may miss now and then. */
const leastCoveredShare = 0.9;

const seconds = z.number();

export const delayRunSchema = z.strictObject({
  runId: runIdSchema,
  delaySeconds: seconds.describe('That was asked for.'),
  truthSeconds: seconds.describe(
    "By how much longer the waiting server held its requests, by the servers' own clocks: the middle of the rounds.",
  ),
  value: seconds.describe('Estimated difference of the median latencies.'),
  low: seconds,
  high: seconds,
  baselineSeconds: seconds.describe('Median latency without the wait.'),
  covered: z.boolean(),
});
export type DelayRun = z.infer<typeof delayRunSchema>;

export const delayDocumentSchema = z
  .strictObject({
    runs: z.array(delayRunSchema),
    covered: z.int(),
    leastCovered: z.int(),
    holds: z.boolean(),
    seconds,
  })
  .describe('npm run calibrate:delay -- --json');
export type DelayDocument = z.infer<typeof delayDocumentSchema>;

/**
 * The one comparison of a run in which the twin waits.
 * @throws {Failure} casesFailed: the run has none.
 */
export function delayRun(
  summary: Pick<Summary, 'runId' | 'twin'>,
  { delaySeconds, truths }: { readonly delaySeconds: number; readonly truths: readonly number[] },
): DelayRun {
  const found = summary.twin.find(({ metric }) => metric === 'latency-p50');
  if (found === undefined) {
    throw new Failure('casesFailed', `run ${summary.runId} has no median latency of its twin`, {
      hint: 'Look at why its slices do not count: bench report, with the path of its folder.',
    });
  }
  const truthSeconds = truths.toSorted((a, b) => a - b)[truths.length >> 1];
  if (truthSeconds === undefined || truths.some(Number.isNaN)) {
    throw new Failure(
      'casesFailed',
      `run ${summary.runId}: a server did not say how long it held its requests`,
    );
  }
  const { value, low, high } = found.absoluteDifference;
  return {
    runId: summary.runId,
    delaySeconds,
    truthSeconds,
    value,
    low,
    high,
    baselineSeconds: found.baselineValue,
    covered: low <= truthSeconds && truthSeconds <= high,
  };
}

export function delayDocument(runs: readonly DelayRun[], took: number): DelayDocument {
  const covered = runs.filter((run) => run.covered).length;
  const leastCovered = Math.ceil(leastCoveredShare * runs.length - 1e-9);
  return { runs: [...runs], covered, leastCovered, holds: covered >= leastCovered, seconds: took };
}
