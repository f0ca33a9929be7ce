import type { Run } from '../model/run.ts';

/** Clocks of two machines that share a folder may differ by so much. */
const toleranceMs = 10 * 60 * 1000;

/**
 * What is wrong with a run that begins in the future: a clock was, and the run stays the newest one of its folder until
 * that day. Every night until then would look at it instead of the run of that night.
 * @returns `undefined` for all other runs.
 */
export function futureWords(
  { runId, startedAt }: Pick<Run, 'runId' | 'startedAt'>,
  now: Date,
): string | undefined {
  if (Date.parse(startedAt) <= now.getTime() + toleranceMs) return undefined;
  return `the newest run, ${runId}, began at ${startedAt}, and the clock of this machine says ${now.toISOString()}`;
}
