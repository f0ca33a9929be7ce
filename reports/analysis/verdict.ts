import { type Metric, metric } from '../../bench/model/metric.ts';
import { roundsNeeded } from '../../bench/model/rounds-needed.ts';
import type { Verdict } from '../../bench/model/summary.ts';
import { formatNumber, formatPercent, formatPValue, formatRatioRange } from '../format.ts';
import type { Estimate } from './estimate.ts';

/** Holm's correction as it applies to one comparison on the primary metric. */
export interface Correction {
  /** How many comparisons were corrected together, this one included. */
  readonly comparisons: number;
  /** What they are, in words: "contenders". */
  readonly of: string;
  /** Adjusted p of "the ratio is 1". */
  readonly pNoDifference: number;
  /** Adjusted p of "the ratio lies within the relevance margin". */
  readonly pWithinMargin: number;
}

/** What kept a verdict open. Rounds: how many would do; absent elsewhere. */
export type OpenCause =
  | { readonly kind: 'too-few-rounds'; readonly needed: number }
  | { readonly kind: 'client-limit' | 'within-margin' | 'correction' | 'nothing-shown' };

/** Why nothing of a comparison can be trusted: in a few words for a sentence, and in full. */
export interface Distrust {
  readonly brief: string;
  readonly reason: string;
}

export type Judged =
  | { readonly verdict: Exclude<Verdict, 'inconclusive'>; readonly verdictReason: string }
  | { readonly verdict: 'inconclusive'; readonly verdictReason: string; readonly cause: OpenCause };

/** What besides the numbers decides a verdict. */
export interface Circumstances {
  readonly confidence: number;
  /** On the primary metric only: all other metrics are exploratory and not corrected. */
  readonly correction?: Correction;
  readonly distrust?: Distrust;
  /** A saturated client hid differences in this metric. */
  readonly clientHides: boolean;
}

/**
 * The verdict on one comparison (bench/docs/method.md, section 4), in this order:
 *
 * 1. `untrusted`     the comparison's control failed;
 * 2. `inconclusive`  too few rounds for an interval at the plan's confidence;
 * 3. `slower`/`faster`  the interval lies wholly beyond the relevance margin, which is the same as p ≤ α for
 *    "the ratio lies within the margin"; on the primary metric that p must hold after Holm's correction over
 *    the contenders. So among one baseline's contenders even one false slower/faster on the primary metric
 *    has probability at most α, whether their true ratios are 1 or anything else within the margin;
 * 4. `equivalent`    the 1 − 2α interval lies inside the margin (two one-sided tests), unless the client was
 *    the limit: then equal numbers say nothing about the servers. Each at level α, not corrected;
 * 5. `inconclusive`  all else. Where the interval excludes 1, the reason says that there is a difference.
 */
export function judge(estimate: Estimate, circumstances: Circumstances): Judged {
  const { distrust, clientHides } = circumstances;
  if (distrust !== undefined) return { verdict: 'untrusted', verdictReason: distrust.reason };
  if (!estimate.interval.reachesLevel) return tooFewRounds(estimate, circumstances);

  const measure = metric(estimate.metric);
  const beyond = sideBeyondMargin(estimate, measure);
  if (beyond !== undefined) return judgeBeyond(beyond, estimate, circumstances);

  if (insideMargin(estimate, measure)) {
    const verdictReason = equivalentReason(estimate, measure, circumstances);
    if (!clientHides) return { verdict: 'equivalent', verdictReason };
    return open({ kind: 'client-limit' }, `${verdictReason}, but ${clientLimit}`);
  }
  return judgeOpen(estimate, measure, circumstances);
}

/** Rounds from which on a difference of any size can be shown, the correction included. */
export function roundsToShow({
  confidence,
  correction,
}: Pick<Circumstances, 'confidence' | 'correction'>): number {
  return roundsNeeded(confidence, correction?.comparisons);
}

const clientLimit =
  'the client was the limit in most slices and hides what the servers differ by: see CPU per request';

function open(cause: OpenCause, verdictReason: string): Judged {
  return { verdict: 'inconclusive', verdictReason, cause };
}

/** Whether the interval says that there is a difference, of whatever size. */
function excludesOne(estimate: Estimate): boolean {
  const { low, high, reachesLevel } = estimate.interval;
  return reachesLevel && (low > 1 || high < 1);
}

function sideBeyondMargin(estimate: Estimate, measure: Metric): 'slower' | 'faster' | undefined {
  const { low, high } = estimate.interval;
  if (low > 1 + measure.margin) return measure.better === 'lower' ? 'slower' : 'faster';
  if (high < 1 - measure.margin) return measure.better === 'lower' ? 'faster' : 'slower';
  return undefined;
}

function insideMargin({ equivalenceInterval }: Estimate, { margin }: Metric): boolean {
  const { low, high, reachesLevel } = equivalenceInterval;
  return reachesLevel && low > 1 - margin && high < 1 + margin;
}

function judgeBeyond(side: 'slower' | 'faster', estimate: Estimate, circumstances: Circumstances): Judged {
  const { confidence, correction } = circumstances;
  const beyond = `${intervalWords(estimate, confidence)} lies wholly beyond the ${marginWords(estimate)}`;
  if (correction === undefined) return { verdict: side, verdictReason: `${beyond} (exploratory)` };
  if (correction.comparisons === 1) return { verdict: side, verdictReason: beyond };
  const { pWithinMargin } = correction;
  const corrected = `${correctionWords(correction)} (p = ${formatPValue(pWithinMargin)})`;
  if (pWithinMargin <= level(confidence)) {
    return { verdict: side, verdictReason: `${beyond}, also after ${corrected}` };
  }
  const needed = roundsToShow(circumstances);
  const reason = `${beyond}, but not after ${corrected}`;
  if (estimate.rounds >= needed) return open({ kind: 'correction' }, reason);
  return open({ kind: 'too-few-rounds', needed }, `${reason}: ${roundsWanted(correction, needed)}`);
}

function tooFewRounds(estimate: Estimate, circumstances: Circumstances): Judged {
  const needed = roundsNeeded(circumstances.confidence);
  const { low, high, confidence } = estimate.interval;
  return open(
    { kind: 'too-few-rounds', needed: roundsToShow(circumstances) },
    `needs at least ${needed} rounds for a ${formatPercent(circumstances.confidence)} interval: with ${estimate.rounds}, ` +
      `the widest exact interval, ${formatRatioRange(low, high)}, reaches ${formatNumber(confidence * 100, 1)} %`,
  );
}

function judgeOpen(estimate: Estimate, measure: Metric, circumstances: Circumstances): Judged {
  const { confidence, correction } = circumstances;
  const words = intervalWords(estimate, confidence);
  const needed = roundsToShow(circumstances);
  const cause: OpenCause =
    estimate.rounds < needed ? { kind: 'too-few-rounds', needed } : { kind: 'nothing-shown' };
  const wanted =
    cause.kind === 'too-few-rounds' && correction !== undefined
      ? `; ${roundsWanted(correction, needed)}`
      : '';
  if (!excludesOne(estimate)) {
    const reason =
      `${words} includes 1 and reaches beyond ±${formatPercent(measure.margin)}: ` +
      `neither a difference nor equivalence is shown${wanted}`;
    if (!circumstances.clientHides) return open(cause, reason);
    return open(
      cause.kind === 'too-few-rounds' ? cause : { kind: 'client-limit' },
      `${reason}; ${clientLimit}`,
    );
  }
  const reaches = `reaches into the ${marginWords(estimate)}`;
  if (correction === undefined || correction.pNoDifference <= level(confidence)) {
    return open(
      { kind: 'within-margin' },
      `${words} excludes 1, so there is a difference, but it ${reaches}`,
    );
  }
  const p = formatPValue(correction.pNoDifference);
  return open(
    cause.kind === 'too-few-rounds' ? cause : { kind: 'correction' },
    `${words} excludes 1, but ${reaches}, and after ${correctionWords(correction)} even a difference is not shown (p = ${p})${wanted}`,
  );
}

function equivalentReason(estimate: Estimate, measure: Metric, { confidence }: Circumstances): string {
  const { low, high } = estimate.equivalenceInterval;
  const inside =
    `the ${formatPercent(2 * confidence - 1)} interval, ${formatRatioRange(low, high)}, ` +
    `lies inside ±${formatPercent(measure.margin)}`;
  if (!excludesOne(estimate)) return inside;
  return `${inside}; a difference smaller than that is there, because ${intervalWords(estimate, confidence)} excludes 1`;
}

function roundsWanted({ comparisons, of }: Correction, needed: number): string {
  return `${comparisons} ${of} corrected together need at least ${needed} rounds`;
}

function correctionWords({ comparisons, of }: Correction): string {
  return `Holm's correction over ${comparisons} ${of}`;
}

function intervalWords({ interval }: Estimate, confidence: number): string {
  return `the ${formatPercent(confidence)} interval, ${formatRatioRange(interval.low, interval.high)},`;
}

function marginWords({ metric: name }: Estimate): string {
  return `±${formatPercent(metric(name).margin)} that do not matter`;
}

/** α, without the rounding error of 1 − 0.95. */
function level(confidence: number): number {
  return 1 - confidence + 1e-12;
}
