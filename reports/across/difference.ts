import { formatPercent, formatRatioRange, pValueWords } from '../../bench/model/format.ts';
import type { Metric } from '../../bench/model/metric.ts';
import type { RatioInterval } from '../../bench/model/ratio-interval.ts';
import type { Verdict } from '../../bench/model/summary.ts';
import { studentTPValue } from '../statistics/student-t.ts';
import { errorOfSum, intervalOf, type LogOverhead } from './log-overhead.ts';

/** The overhead of one run over that of another, as a ratio of the two ratios. */
export interface Difference extends RatioInterval {
  /** Level of the interval, 1 − α. */
  readonly confidence: number;
  /** The interval at 1 − 2α. If it lies inside the margin, two one-sided tests at α reject (Schuirmann 1987). */
  readonly inner: Pick<RatioInterval, 'ratioLow' | 'ratioHigh'>;
  readonly degreesOfFreedom: number;
  /** Two-sided p of "the two overheads are the same". */
  readonly pValue: number;
}

/**
 * `to` over `from`: exp(y_to − y_from) with the interval of Welch's t (Welch 1947). The two runs may differ in their noise
 * and in their numbers of rounds.
 */
export function differenceBetween(from: LogOverhead, to: LogOverhead, confidence: number): Difference {
  const log = { y: to.y - from.y, ...errorOfSum([from, to]) };
  return {
    ...intervalOf(log, confidence),
    confidence,
    inner: intervalOf(log, 2 * confidence - 1),
    degreesOfFreedom: log.df,
    pValue: studentTPValue(log.y / log.se, log.df),
  };
}

/** What else a verdict on a difference rests on. */
interface Circumstances {
  readonly metric: Metric;
  /** The relevance margin: 0.02 is ±2 %. */
  readonly margin: number;
  /** p after the correction over all differences that are judged together, and how many they are. */
  readonly pCorrected: number;
  readonly together: number;
}

export interface JudgedDifference {
  readonly verdict: Exclude<Verdict, 'untrusted'>;
  readonly reason: string;
}

/**
 * The verdict on one difference of overheads, by the rules of a run's own verdicts (bench/docs/method.md, section 4):
 *
 *   equivalent    the 1 − 2α interval lies inside ±δ;
 *   slower/faster "the overheads are the same" is rejected after the correction: the path costs more, or less, than
 *                 it did. `slower` is a regression, for every kind of metric;
 *   open          all else.
 *
 * Differences with a run that cannot be trusted do not come here.
 */
export function judgeDifference(difference: Difference, circumstances: Circumstances): JudgedDifference {
  const { ratio, ratioLow, ratioHigh, inner, confidence } = difference;
  const { metric, margin, pCorrected, together } = circumstances;
  const within = `±${formatPercent(margin)}`;
  const excludesOne = ratioLow > 1 || ratioHigh < 1;
  if (inner.ratioLow > 1 - margin && inner.ratioHigh < 1 + margin) {
    const words = `the ${formatPercent(2 * confidence - 1)} interval, ${formatRatioRange(inner.ratioLow, inner.ratioHigh)}, lies inside ${within}`;
    return { verdict: 'equivalent', reason: excludesOne ? `${words}; a smaller difference is there` : words };
  }
  const words = `the ${formatPercent(confidence)} interval, ${formatRatioRange(ratioLow, ratioHigh)},`;
  const corrected =
    together === 1
      ? ''
      : `, ${pValueWords(pCorrected)} by Holm's method over ${together} differences of main results`;
  if (pCorrected <= 1 - confidence + rounding) {
    const costsMore = ratio > 1 === (metric.better === 'lower');
    return { verdict: costsMore ? 'slower' : 'faster', reason: `${words} excludes 1${corrected}` };
  }
  const reason = excludesOne
    ? `${words} excludes 1, but that may be chance${corrected}`
    : `${words} includes 1 and reaches beyond ${within}`;
  return { verdict: 'open', reason };
}

/** 1 − 0.95 is not exact in floating point. */
const rounding = 1e-9;
