import { formatNumber, formatPercent, formatRatioRange, pValueWords } from '../../bench/model/format.ts';
import { type Metric, metric } from '../../bench/model/metric.ts';
import { mostRounds } from '../../bench/model/plan.ts';
import { roundsNeeded } from '../../bench/model/rounds-needed.ts';
import type { Limit, Verdict } from '../../bench/model/summary.ts';
import type { Estimate } from './estimate.ts';
import { isServerSide } from './limit.ts';
import { type clientsOwn, clientsOwnWords } from './send-lag.ts';
import type { Distrust } from './trust.ts';

/** Holm's correction as it applies to one declared comparison. */
export interface Correction {
  /** How many comparisons were corrected together, this one included. */
  readonly comparisons: number;
  /** Adjusted p of "the ratio is 1". */
  readonly pNoDifference: number;
}

/** A verdict with its reason; without a verdict, the reason why there is none. */
interface Judged {
  readonly verdict?: Verdict;
  readonly reason: string;
}

/** The inputs of a verdict other than the numbers of the estimate. */
export interface Circumstances {
  readonly confidence: number;
  readonly correction: Correction;
  readonly distrust: Distrust | undefined;
  /** Whose CPU was the limit on both sides. */
  readonly limit: Limit | undefined;
  /** Present where the quantile is the load generator's own. */
  readonly clientsOwn?: ReturnType<typeof clientsOwn>;
}

/**
 * The verdict on one declared comparison (bench/docs/method.md, section 4), in this order:
 *
 *   untrusted     a control failed;
 *   (none)        a capacity where something else than the server's side was the limit, or a quantile where the
 *                 load generator's own lag is a tenth of it: it was not measured;
 *   equivalent    the 1 − 2α interval lies inside ±δ: two one-sided tests, each at level α;
 *   slower/faster "the ratio is 1" is rejected after Holm's correction over all declared comparisons of the run, so
 *                 that even one false slower or faster has probability at most α in a run;
 *   open          all else.
 */
export function judge(estimate: Estimate, circumstances: Circumstances): Judged {
  const { distrust, limit, correction, confidence } = circumstances;
  const measure = metric(estimate.metric);
  if (distrust !== undefined) return { verdict: 'untrusted', reason: distrust.reason };
  if (measure.name === 'throughput_rps' && !isServerSide(limit)) return { reason: notMeasured(limit) };
  if (circumstances.clientsOwn !== undefined) {
    return { reason: `not measured: ${clientsOwnWords(circumstances.clientsOwn)}` };
  }
  if (!estimate.interval.reachesLevel) return { verdict: 'open', reason: tooFewRounds(estimate, confidence) };
  if (isEquivalent(estimate)) {
    return { verdict: 'equivalent', reason: equivalentReason(estimate, confidence) };
  }
  const words = `the ${formatPercent(confidence)} interval, ${formatRatioRange(estimate.interval.low, estimate.interval.high)},`;
  const corrected =
    correction.comparisons === 1
      ? ''
      : `, ${pValueWords(correction.pNoDifference)} by Holm's method over ${correction.comparisons} main results`;
  if (correction.pNoDifference <= level(confidence)) {
    return { verdict: sideOf(estimate, measure), reason: `${words} excludes 1${corrected}` };
  }
  const excluded = excludesOne(estimate);
  const reason = excluded
    ? `${words} excludes 1, but that may be chance${corrected}`
    : `${words} includes 1 and reaches beyond ±${formatPercent(estimate.margin)}`;
  return { verdict: 'open', reason };
}

/**
 * Whether the end of the interval that is nearest to 1 is beyond the margin. If it is, the size of the
 * difference is shown, too.
 */
export function isSizeShown(
  { ratioLow, ratioHigh }: { readonly ratioLow: number; readonly ratioHigh: number },
  margin: number,
): boolean {
  return ratioLow > 1 + margin || ratioHigh < 1 - margin;
}

/** Fewest rounds with which a declared comparison can show any difference. */
export function roundsToShow(confidence: number, comparisons: number): number {
  return roundsNeeded(confidence, comparisons);
}

/**
 * About how many rounds narrow an interval's half-width to the metric's margin. The half-width shrinks with
 * the square root of the number of rounds. `undefined` if a run cannot have so many.
 */
export function roundsToTell(
  {
    ratioLow,
    ratioHigh,
    rounds,
  }: { readonly ratioLow: number; readonly ratioHigh: number; readonly rounds: number },
  margin: number,
): number | undefined {
  const halfWidth = (ratioHigh - ratioLow) / 2;
  const wanted = Math.ceil(rounds * Math.max(1, (halfWidth / margin) ** 2) - rounding);
  return wanted > mostRounds ? undefined : wanted;
}

function notMeasured(limit: Limit | undefined): string {
  if (limit === 'agent') return 'not measured: the load generator was the limit';
  if (limit === 'none') return 'not measured: no CPU was busy all the time';
  return 'not measured: nothing tells whose CPU was the limit';
}

function isEquivalent({ equivalenceInterval, margin }: Estimate): boolean {
  const { low, high, reachesLevel } = equivalenceInterval;
  return reachesLevel && low > 1 - margin && high < 1 + margin;
}

function equivalentReason(estimate: Estimate, confidence: number): string {
  const { margin } = estimate;
  const { low, high } = estimate.equivalenceInterval;
  const inside = `the ${formatPercent(2 * confidence - 1)} interval, ${formatRatioRange(low, high)}, lies inside ±${formatPercent(margin)}`;
  return excludesOne(estimate) ? `${inside}; a smaller difference is there` : inside;
}

function tooFewRounds({ interval, rounds }: Estimate, confidence: number): string {
  return (
    `needs at least ${roundsNeeded(confidence)} rounds for a ${formatPercent(confidence)} interval: with ${rounds.length}, ` +
    `the widest exact interval, ${formatRatioRange(interval.low, interval.high)}, reaches ${formatNumber(interval.confidence * 100, 1)} %`
  );
}

function excludesOne({ interval: { low, high, reachesLevel } }: Estimate): boolean {
  return reachesLevel && (low > 1 || high < 1);
}

function sideOf({ ratio }: Estimate, { better }: Metric): 'slower' | 'faster' {
  return ratio > 1 === (better === 'lower') ? 'slower' : 'faster';
}

/** In floating point, neither 1 − 0.95 nor the half-width of 0.96 to 1.04 is exact. */
const rounding = 1e-9;

/** α, without the rounding error of 1 − 0.95. */
function level(confidence: number): number {
  return 1 - confidence + rounding;
}
