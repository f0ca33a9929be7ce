import type { Plan } from '../model/plan.ts';
import { type LoadProfile, loadProfiles, rampSecondsOf, sliceSecondsOf } from '../model/profile.ts';
import { sweepConnections, sweptRounds } from '../model/sweep.ts';
import { planDeployments } from './cases.ts';
import { answersOfAge, expectedRate, usualRate } from './warm-up.ts';

/**
 * The load of a step: the throughput profile with another number of connections, in shorter slices. A slice is longer
 * where the server is slow, so that each connection is answered several times.
 * @param latencySeconds of the slowest path, as far as it is known.
 */
export function sweepLoad(connections: number, latencySeconds = 0): LoadProfile {
  const leastSliceSeconds = Math.min(longestSliceSeconds, latenciesEach * latencySeconds);
  return { ...loadProfiles.throughput, connections, sliceFactor: 0.5, leastSliceSeconds };
}

const latenciesEach = 10;
const longestSliceSeconds = 2;
/** A request of the load agent may take so long. An order that took longer would open connections of its own. */
const longestWarmupSeconds = 10;

/** Longest time that the connections of a step are warmed up; seconds. More of them need longer to come of age. */
export function sweepWarmupSeconds(
  connections: number,
  { warmupSeconds }: Pick<Plan, 'warmupSeconds'>,
): number {
  if (warmupSeconds === 0) return 0;
  return Math.min(longestWarmupSeconds, Math.max(warmupSeconds, ageSeconds(connections, usualRate)));
}

function ageSeconds(connections: number, requestsPerSecond: number): number {
  return (connections * answersOfAge) / requestsPerSecond;
}

/**
 * The sweep of a run as it is predicted: all steps are taken in every swept round. Most sweeps end earlier.
 * @param gapSeconds between two orders to a load agent.
 * @param turnGapSeconds between two turns.
 */
export function sweepDuration(
  plan: Plan,
  { gapSeconds, turnGapSeconds }: { readonly gapSeconds: number; readonly turnGapSeconds: number },
): { readonly rounds: number; readonly roundSeconds: number } {
  if (plan.sweep === undefined) return { rounds: 0, roundSeconds: 0 };
  const load = sweepLoad(1);
  const slice = sliceSecondsOf(plan, load);
  const turns = plan.turnSeconds === undefined ? 0 : slice / plan.turnSeconds;
  const measuring = rampSecondsOf(plan, load) + slice + turns * turnGapSeconds + 2 * gapSeconds;
  const steps = sweepConnections(plan.sweep.mostConnections).map(
    (connections) =>
      Math.min(sweepWarmupSeconds(connections, plan), ageSeconds(connections, expectedRate(plan))) +
      measuring,
  );
  const each = steps.reduce((sum, seconds) => sum + seconds, 0);
  return { rounds: sweptRounds(plan), roundSeconds: planDeployments(plan).length * each };
}
