import { roundsNeeded } from '../model/rounds-needed.ts';
import type { Stopping } from '../model/stopping.ts';

/** A run that is to reach a precision ends after this long if it does not. */
export const defaultPrecisionSeconds = 600;

/** As many rounds as a run may take that stops by time or precision, where nobody says otherwise. */
export const mostStoppingRounds = 1_000;

/** With fewer rounds the spread that the rule stops by says too little (bench/docs/stopping.md). */
const firstLook = 8;
/** Up to as many rounds the level is corrected by half of the error. */
const wholeCorrection = 12;

/**
 * What a wish for time or precision makes of a plan: how it stops, its most rounds, and the level of its intervals.
 *
 * Looks and level belong together. The rule stops by the width of an interval, never by where it lies; so it does not
 * need the correction of a test that stops when it is significant (Pocock 1977), which costs half as many rounds again.
 * It does prefer rounds that happen to lie close together. Half of the error, 2.5 % at a look for 5 % at the stop, pays
 * for that while rounds are few, and less as they become more: `reports/statistics/stopping.simulation.test.ts` shows
 * it, bench/docs/stopping.md compares.
 */
export function stoppingPlan(
  wish: { readonly seconds?: number | undefined; readonly precision?: number | undefined },
  fixed: { readonly rounds: number | undefined; readonly coverage: number; readonly contenders: number },
): { readonly stopping: Stopping; readonly rounds: number; readonly confidence: number } | undefined {
  const { seconds, precision } = wish;
  const { coverage, contenders } = fixed;
  if (seconds === undefined && precision === undefined) return undefined;
  const rounds = fixed.rounds ?? mostStoppingRounds;
  if (precision === undefined) {
    return { stopping: { seconds: seconds ?? defaultPrecisionSeconds }, rounds, confidence: coverage };
  }
  const first = Math.max(firstLook, roundsNeeded(lookLevel(coverage, firstLook), contenders));
  const looks = plannedLooks(first, rounds);
  // Who looks once has nothing to correct.
  const levels = looks.map((at) => (looks.length === 1 ? coverage : lookLevel(coverage, at)));
  return {
    stopping: {
      seconds: seconds ?? defaultPrecisionSeconds,
      precision: { halfWidth: precision, looks, levels, coverage },
    },
    rounds,
    confidence: levels[0] ?? coverage,
  };
}

/**
 * Level of the interval at a look after so many rounds that keeps `coverage` at the stop: of 0.95 it is 0.975 up to 12
 * rounds, 0.966 after 30 and 0.959 after 100. The more rounds, the better is their spread known, and the less is gained
 * by a lucky one: a sequence of fixed width needs no correction at all in the limit (Chow & Robbins 1965).
 */
export function lookLevel(coverage: number, rounds: number): number {
  const heldBack = ((1 - coverage) / 2) * Math.sqrt(Math.min(1, wholeCorrection / rounds));
  return Number((coverage + heldBack).toFixed(6));
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
