import { mostRounds } from '../model/plan.ts';
import { roundsNeeded } from '../model/rounds-needed.ts';
import type { Stopping } from '../model/stopping.ts';

/** A run that has to reach a precision ends after this long if it does not reach it. */
const defaultPrecisionSeconds = 600;

/** With fewer rounds the spread that the rule stops by is too uncertain. */
const firstLook = 8;

/**
 * How a requested time or precision changes a plan: how it stops, its most rounds, and the level of its
 * intervals.
 *
 * The rule stops by the width of an interval, never by its position. It does not need the correction of a
 * test that stops when it is significant (Pocock 1977). It does prefer rounds that happen to be close
 * together, and their interval covers too little: 92 to 94 % at 95 %. One higher level at every look pays for
 * that (bench/docs/method.md, section 5; `bench/selftest/simulations/stopping.simulation.test.ts` has the
 * coverage at several levels).
 */
export function stoppingPlan(
  wish: { readonly seconds?: number | undefined; readonly precision?: number | undefined },
  fixed: { readonly rounds: number | undefined; readonly coverage: number; readonly comparisons: number },
): { readonly stopping: Stopping; readonly rounds: number; readonly confidence: number } | undefined {
  const { seconds, precision } = wish;
  const { coverage, comparisons } = fixed;
  if (seconds === undefined && precision === undefined) return undefined;
  const rounds = fixed.rounds ?? mostRounds;
  if (precision === undefined) {
    return { stopping: { seconds: seconds ?? defaultPrecisionSeconds }, rounds, confidence: coverage };
  }
  const first = Math.max(firstLook, roundsNeeded(lookLevel(coverage), comparisons));
  const looks = plannedLooks(first, rounds);
  return {
    stopping: {
      seconds: seconds ?? defaultPrecisionSeconds,
      precision: { halfWidth: precision, looks, coverage },
    },
    rounds,
    // A rule with one look has nothing to correct.
    confidence: looks.length === 1 ? coverage : lookLevel(coverage),
  };
}

/** Level of the interval at every look, 97.5 % for 95 %: half of the error is held back for the choice among looks. */
export function lookLevel(coverage: number): number {
  return Number((coverage + (1 - coverage) / 2).toFixed(6));
}

/**
 * Rounds after which to look: each time a tenth more, rounded up, and always after the last. From 8: 8, 9, 10, 11, 13,
 * 15, 17, 19, 21, 24 …
 */
export function plannedLooks(first: number, last: number): number[] {
  const looks: number[] = [];
  for (let at = first; at < last; at = Math.ceil((at * 11) / 10)) looks.push(at);
  return [...looks, last];
}
