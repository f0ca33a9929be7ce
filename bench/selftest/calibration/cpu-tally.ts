import * as z from 'zod';
import { type Made, madeSchema } from '../../model/calibration.ts';
import { Failure } from '../../model/failure.ts';
import type { PathId } from '../../model/path.ts';
import { runIdSchema } from '../../model/run.ts';
import { isMeasured, type Summary } from '../../model/summary.ts';

/** Nine of ten: an interval of 95 % may miss now and then. */
const leastRecoveredShare = 0.9;
/** How far the estimate may be from the dose, as a share of it. */
const tolerance = 0.1;

const us = z.number();

const estimate = {
  difference: us.describe('Estimated, of CPU time a request, in µs.'),
  differenceLow: us.describe('Lower bound of its interval, in µs.'),
  differenceHigh: us.describe('Upper bound of its interval, in µs.'),
};

const doseRunSchema = z.strictObject({
  runId: runIdSchema,
  doseUs: us.describe('CPU time that the one server burns more than the other, a request.'),
  ...estimate,
  baselineUs: us.describe("The other server's CPU a request."),
  recovered: z.boolean().describe('The estimate is within a tenth of the dose.'),
});
export type DoseRun = z.infer<typeof doseRunSchema>;

const rulesRunSchema = z.strictObject({
  runId: runIdSchema,
  rules: z.int().nonnegative().describe('Firewall rules in the path that match nothing.'),
  ...estimate,
});
export type RulesRun = z.infer<typeof rulesRunSchema>;

export const cpuDocumentSchema = z
  .strictObject({
    made: madeSchema,
    doses: z.array(doseRunSchema).describe('Each run with a dose.'),
    recovered: z.int().describe('Doses that were recovered.'),
    leastRecovered: z.int().describe('Doses that must be.'),
    rules: z
      .array(rulesRunSchema)
      .describe('What bridge mode costs more than host mode, in CPU a request in all.'),
    rulesRise: z.boolean().describe('More rules cost more, each time.'),
    holds: z.boolean().describe('Whether so many are, and more rules cost more.'),
    seconds: z.number().describe('That it took.'),
  })
  .meta({
    title: 'npm run calibrate:cpu -- --json',
    description:
      'The method on known CPU time: a server that burns more a request, and firewall rules that match nothing.',
  });
export type CpuDocument = z.infer<typeof cpuDocumentSchema>;

/**
 * The one comparison of a run in which the twin burns the dose.
 * @throws {Failure} casesFailed: the run has none.
 */
export function doseRun(summary: Pick<Summary, 'runId' | 'twin'>, doseUs: number): DoseRun {
  const found = summary.twin.find(({ metric }) => metric === 'cpu_server_us');
  if (found === undefined || !isMeasured(found)) throw nothingMeasured(summary.runId, 'of its twin');
  const { difference, differenceLow, differenceHigh, baselineValue } = found;
  return {
    runId: summary.runId,
    doseUs,
    ...{ difference, differenceLow, differenceHigh },
    baselineUs: baselineValue,
    recovered: Math.abs(difference - doseUs) <= tolerance * doseUs,
  };
}

/** @throws {Failure} casesFailed: the run has no such path. */
export function rulesRun(
  summary: Pick<Summary, 'runId' | 'overheads'>,
  path: PathId,
  rules: number,
): RulesRun {
  const found = summary.overheads.find((it) => it.path === path && it.metric === 'cpu_total_us');
  if (found === undefined || !isMeasured(found)) throw nothingMeasured(summary.runId, `of ${path}`);
  const { difference, differenceLow, differenceHigh } = found;
  return { runId: summary.runId, rules, difference, differenceLow, differenceHigh };
}

export function cpuDocument(
  doses: readonly DoseRun[],
  rules: readonly RulesRun[],
  { seconds, made }: { readonly seconds: number; readonly made: Made },
): CpuDocument {
  const recovered = doses.filter((run) => run.recovered).length;
  const leastRecovered = Math.ceil(leastRecoveredShare * doses.length - 1e-9);
  const ascending = rules.toSorted((a, b) => a.rules - b.rules);
  const rulesRise = ascending.every(
    ({ difference }, index) => index === 0 || difference > (ascending[index - 1]?.difference ?? difference),
  );
  return {
    made,
    doses: [...doses],
    recovered,
    leastRecovered,
    rules: ascending,
    rulesRise,
    holds: recovered >= leastRecovered && rulesRise,
    seconds,
  };
}

function nothingMeasured(runId: string, what: string): Failure {
  return new Failure('casesFailed', `run ${runId} has no CPU a request ${what}`, {
    hint: 'Look at why its slices do not count: bench report, with the path of its folder.',
  });
}
