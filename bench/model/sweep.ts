import * as z from 'zod';
import { present } from './present.ts';
import { roundsToPlan } from './rounds-needed.ts';
import { cpuSchema, type Slice } from './slice.ts';

/** A load agent and both servers of bench bear this many on each path. */
export const mostSweptConnections = 1_024;

/** What a plan says about its sweep. */
export const sweepPlanSchema = z.strictObject({
  mostConnections: z
    .int()
    .min(2)
    .max(mostSweptConnections)
    .describe('Most connections to one server. The sweep ends there if the rate still grows.'),
});

const connections = z.int().min(1).describe('Concurrent connections of this step: 1, 2, 4, 8 …');
const figures = {
  requestsPerSecond: z.number().positive().describe('Requests a second, as in the throughput profile.'),
  latencyP50Us: z.number().nonnegative().describe('Median latency of the same requests.'),
  cpu: cpuSchema.describe("CPU time under the step's load, ramp included."),
};
const problem = z
  .string()
  .describe('Why the step does not count: it breaks a rule of validity, or it failed and has no figures.');

/** One number of connections on one path in one round. */
const sweepStepSchema = z.union([
  z.strictObject({ connections, ...figures, problem: problem.optional() }),
  z.strictObject({ connections, problem }),
]);
export type SweepStep = z.infer<typeof sweepStepSchema>;
export type MeasuredStep = Extract<SweepStep, { requestsPerSecond: number }>;

/** Whether the figures of a step count. */
export function countsInSweep(step: SweepStep): step is MeasuredStep {
  return step.problem === undefined;
}

export const sweepStepsSchema = z.array(sweepStepSchema);

/** Each step has twice as many connections as the one before. The last one has the most, whether or not that is twice. */
export function sweepConnections(most: number): readonly number[] {
  const doublings = Array.from({ length: Math.ceil(Math.log2(most)) }, (_, index) => 2 ** index);
  return [...doublings, most];
}

/**
 * Rounds with a sweep, the first ones of a run: as many as an interval needs, and one to spare. More rounds would make
 * the run longer and tell little more.
 */
export function sweptRounds({ confidence }: { readonly confidence: number }): number {
  return roundsToPlan(confidence, 1);
}

/** A step that raises the highest rate so far by less does not let the capacity grow. */
const leastGrowth = 0.05;
/** A single step without growth can be chance. */
const stepsWithoutGrowth = 2;

/**
 * Whether the capacity of a path has stopped growing.
 * @param rates requests/s of its steps so far, in their order; 0 for a step without an answer.
 */
export function hasStoppedGrowing(rates: readonly number[]): boolean {
  const earlier = rates.slice(0, -stepsWithoutGrowth);
  const highest = Math.max(...earlier);
  return (
    earlier.length > 0 &&
    rates.slice(-stepsWithoutGrowth).every((rate) => rate <= highest * (1 + leastGrowth))
  );
}

/** The figures of a step, and why it does not count. */
export function sweepStep(connections: number, slice: Slice): SweepStep {
  if (slice.status === 'failed') return { connections, problem: problemOf(slice.error) };
  const { latency, cpu, servedRequests, wallSeconds } = slice;
  const problem =
    slice.status === 'invalid' ? slice.reasons.map(({ message }) => message).join('; ') : undefined;
  const requestsPerSecond = servedRequests / wallSeconds;
  if (latency === undefined || requestsPerSecond === 0) {
    return { connections, problem: problem ?? 'nothing was answered' };
  }
  return {
    connections,
    requestsPerSecond,
    latencyP50Us: latency.p50Us,
    cpu,
    ...present({ problem }),
  };
}

/** What happened, and what to do about it. */
export function problemOf({
  message,
  hint,
}: {
  readonly message: string;
  readonly hint?: string | undefined;
}): string {
  return hint === undefined ? message : `${message}. ${hint}`;
}
