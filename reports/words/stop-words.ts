import { assertNever } from '../../bench/model/assert-never.ts';
import { formatPercent } from '../../bench/model/format.ts';
import type { Run } from '../../bench/model/run.ts';

/** Rounds that a run took. For a run that did not end well, the most that it would have taken. */
export function roundsOf({ stop, plan }: Run): number {
  return stop?.rounds ?? plan.rounds;
}

/** How a run that could stop by itself ended; `undefined` for a run with a fixed number of rounds. */
export function stopWords({ stop, plan }: Run): string | undefined {
  const { stopping } = plan;
  if (stop === undefined || stopping === undefined) return undefined;
  const wish = stopping.precision;
  if (wish === undefined) return `Stopped after ${stop.rounds} rounds: ${reasonOf(stop.by)}.`;
  const wanted = `±${formatPercent(wish.halfWidth)}`;
  const seen = stop.halfWidth === undefined ? 'no interval yet' : `±${formatPercent(stop.halfWidth)}`;
  const reached =
    stop.by === 'precision'
      ? `Precision reached: ${seen}, ${wanted} was wanted, after ${stop.rounds} rounds (look ${stop.look ?? 1}).`
      : `Precision not reached: ${seen} when last looked at, ${wanted} was wanted; ${reasonOf(stop.by)} after ${stop.rounds} rounds.`;
  if (plan.confidence === wish.coverage) return reached;
  return (
    `${reached} The intervals are at ${formatPercent(plan.confidence)}, so that they hold with ` +
    `at least ${formatPercent(wish.coverage)} although they were looked at before.`
  );
}

function reasonOf(by: NonNullable<Run['stop']>['by']): string {
  switch (by) {
    case 'time':
      return 'the time was up';
    case 'rounds':
      return 'all rounds were measured';
    case 'precision':
      return 'it was tight enough';
    default:
      return assertNever(by);
  }
}
