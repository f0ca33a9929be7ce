import type { Plan } from '../model/plan.ts';
import { present } from '../model/present.ts';
import type { RunStop } from '../model/stopping.ts';

/** Where a run is after a round. */
export interface AfterRound {
  readonly round: number;
  /** Since the start of the first round. */
  readonly elapsedSeconds: number;
  /** Of this round alone. */
  readonly roundSeconds: number;
}

/** How the run ends after this round; `undefined` if it continues. */
export type Enough = (at: AfterRound) => Promise<RunStop | undefined>;

/** A look at the declared intervals: the widest relative half-width; `undefined` where one has none yet. */
type Look = () => Promise<number | undefined>;

/**
 * The rule by which a plan stops, in this order: tight enough at a planned look, all rounds, time is up. The
 * clock does not depend on what was measured, so stopping by it needs no correction.
 *
 * @param look called after the planned looks only, so that nothing else can decide when to stop.
 * @param tell receives the result of each look.
 * @returns `undefined` for a plan of a fixed number of rounds.
 */
export function stopRule(
  { stopping, rounds }: Pick<Plan, 'stopping' | 'rounds'>,
  look: Look,
  tell: (halfWidth: number | undefined, round: number) => void = () => {},
): Enough | undefined {
  if (stopping === undefined) return undefined;
  const { seconds, precision } = stopping;
  let longestRoundSeconds = 0;
  let seen: number | undefined;
  return async ({ round, elapsedSeconds, roundSeconds }) => {
    const place = precision?.looks.indexOf(round) ?? -1;
    if (precision !== undefined && place >= 0) {
      seen = await look();
      tell(seen, round);
      if (seen !== undefined && seen <= precision.halfWidth) {
        return { by: 'precision', rounds: round, look: place + 1, halfWidth: seen };
      }
    }
    const last = { rounds: round, ...present({ halfWidth: seen }) };
    if (round >= rounds) return { by: 'rounds', ...last };
    longestRoundSeconds = Math.max(longestRoundSeconds, roundSeconds);
    return elapsedSeconds + longestRoundSeconds > seconds ? { by: 'time', ...last } : undefined;
  };
}
