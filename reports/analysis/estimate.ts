import { type MetricName, metric, metricNames } from '../../bench/model/metric.ts';
import { type Multiple, rememberedMultiple } from '../statistics/detectable-change.ts';
import {
  type Cumulative,
  hodgesLehmann,
  rememberedCumulative,
  type SignedRankInterval,
  signedRank,
  signedRankInterval,
  signedRankPValue,
} from '../statistics/signed-rank.ts';
import type { ComparisonGroup } from './comparison-group.ts';
import { commonRounds, type PairedRounds, pairRounds } from './paired-rounds.ts';
import type { PooledLatencies } from './pooled-latencies.ts';
import type { RecordedCase } from './recorded-cases.ts';
import { type RoundValuesOf, rememberedRoundValues } from './round-values.ts';

/** A comparison on one metric in numbers, before anything is decided about it. Intervals are of ratios. */
export interface Estimate {
  readonly metric: MetricName;
  readonly paired: PairedRounds;
  readonly rounds: number;
  /** contender/baseline: exp of the Hodges–Lehmann estimate of the y_r. */
  readonly ratio: number;
  /** At the plan's confidence 1 − α. */
  readonly interval: SignedRankInterval;
  /** At 1 − 2α, 90 % by default: inside the margin is two one-sided tests at α (Schuirmann 1987). */
  readonly equivalenceInterval: SignedRankInterval;
  readonly absolute: { readonly value: number; readonly low: number; readonly high: number };
  /** Two-sided p of "the ratio is 1". */
  readonly pNoDifference: number;
  /** Two-sided p of "the ratio lies within the relevance margin". At most α where `interval` is beyond it. */
  readonly pWithinMargin: number;
}

/** What all estimates of an analysis share. */
export interface Statistics {
  /** The plan's, 1 − α. */
  readonly confidence: number;
  readonly cumulativeOf: (n: number) => Cumulative;
  /** Of the detectable change. */
  readonly multipleOf: Multiple;
  /** Of each round, as the analysis of the whole run shares them. */
  readonly valuesOf: RoundValuesOf;
}

/** @param confidence of every interval, the plan's. */
export function statisticsAt(confidence: number): Statistics {
  return {
    confidence,
    cumulativeOf: rememberedCumulative(),
    multipleOf: rememberedMultiple(),
    valuesOf: rememberedRoundValues(),
  };
}

/** Every metric for which the rounds of both hold enough. */
export function estimates(
  group: Pick<ComparisonGroup, 'baseline'>,
  contender: RecordedCase,
  latencies: PooledLatencies,
  statistics: Statistics,
): readonly Estimate[] {
  const common = commonRounds(group.baseline, contender, statistics.valuesOf);
  return metricNames.flatMap((name) => {
    const paired = pairRounds(common, name, latencies);
    return paired === undefined ? [] : [estimate(name, paired, statistics)];
  });
}

function estimate(
  name: MetricName,
  paired: PairedRounds,
  { confidence, cumulativeOf }: Statistics,
): Estimate {
  const logRatios = signedRank(paired.logRatios, cumulativeOf);
  const differences = signedRank(paired.differences, cumulativeOf);
  const { margin } = metric(name);
  const absolute = signedRankInterval(differences, confidence);
  return {
    metric: name,
    paired,
    rounds: logRatios.n,
    ratio: Math.exp(hodgesLehmann(logRatios)),
    interval: ofRatios(signedRankInterval(logRatios, confidence)),
    equivalenceInterval: ofRatios(signedRankInterval(logRatios, 2 * confidence - 1)),
    absolute: { value: hodgesLehmann(differences), low: absolute.low, high: absolute.high },
    pNoDifference: signedRankPValue(logRatios, 0),
    pWithinMargin: signedRankPValue(logRatios, Math.log1p(-margin), Math.log1p(margin)),
  };
}

function ofRatios(interval: SignedRankInterval): SignedRankInterval {
  return { ...interval, low: Math.exp(interval.low), high: Math.exp(interval.high) };
}
