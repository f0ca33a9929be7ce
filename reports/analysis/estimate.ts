import { type MetricName, marginOf, metric } from '../../bench/model/metric.ts';
import type { Plan } from '../../bench/model/plan.ts';
import { present } from '../../bench/model/present.ts';
import { asValues, type Values } from '../statistics/location.ts';
import {
  type Cumulative,
  hodgesLehmann,
  rememberedCumulative,
  type SignedRankInterval,
  signedRank,
  signedRankInterval,
  signedRankPValue,
} from '../statistics/signed-rank.ts';
import { metricValue } from './metric-values.ts';
import type { CaseFigures, RoundFigures } from './round-figures.ts';

/** Baseline and contender in one round in which both have a figure. */
interface PairedRound {
  readonly round: number;
  readonly baseline: RoundFigures;
  readonly contender: RoundFigures;
  readonly baselineValue: number;
  readonly contenderValue: number;
  /** y_r: ln(contender's figure) − ln(baseline's). */
  readonly logRatio: number;
}

/** A comparison on one metric in numbers, before anything is decided about it. */
export interface Estimate {
  readonly metric: MetricName;
  /** The relevance margin. */
  readonly margin: number;
  /** The n paired rounds. */
  readonly rounds: readonly PairedRound[];
  readonly logRatios: Values;
  /** contender/baseline: exp of the Hodges–Lehmann estimate of the y_r. */
  readonly ratio: number;
  /** The interval of the ratio at the plan's confidence 1 − α. */
  readonly interval: SignedRankInterval;
  /**
   * The interval at 1 − 2α, 90 % by default. If it lies inside the margin, two one-sided tests at α reject
   * (Schuirmann 1987).
   */
  readonly equivalenceInterval: SignedRankInterval;
  /** Two-sided p of "the ratio is 1". */
  readonly pNoDifference: number;
  /** Hodges–Lehmann estimate over the same rounds, on the log scale. */
  readonly baselineValue: number;
}

/** The settings that all estimates of an analysis share. */
export interface Statistics {
  /** The plan's confidence, 1 − α. */
  readonly confidence: number;
  /** The relevance margins that the plan asks for. */
  readonly margins?: Plan['margins'];
  readonly cumulativeOf: (n: number) => Cumulative;
}

export function statisticsOf({ confidence, margins }: Pick<Plan, 'confidence' | 'margins'>): Statistics {
  return { confidence, ...present({ margins }), cumulativeOf: rememberedCumulative() };
}

/** Why a metric is not shown, e.g. "875 of 1,000 responses in round 7". */
interface TooFewResponses {
  readonly round: number;
  readonly responses: number;
  readonly needed: number;
}

/**
 * The first round of either side that has too few responses for the metric. A quantile of so few is mostly
 * chance.
 */
export function tooFewResponses(
  sides: readonly CaseFigures[],
  name: MetricName,
): TooFewResponses | undefined {
  const { minResponses: needed } = metric(name);
  const rounds = sides.flatMap((side) => side.rounds);
  const short = rounds.find(({ responses }) => responses < needed);
  return short && { round: short.round, responses: short.responses, needed };
}

/** `undefined` if no round has a figure of both sides, or if a round has too few responses. */
export function estimateOf(
  baseline: CaseFigures,
  contender: CaseFigures,
  name: MetricName,
  statistics: Statistics,
): Estimate | undefined {
  if (tooFewResponses([baseline, contender], name) !== undefined) return undefined;
  const rounds = pairedRounds(baseline, contender, name);
  const estimate = signedRankOf(rounds, statistics);
  const margin = marginOf({ metric: name, margin: statistics.margins?.[name] });
  return estimate && { metric: name, margin, rounds, ...estimate };
}

/** The same for any pairs of values above zero. `undefined` if there are none. */
export function signedRankOf(
  pairs: readonly Pick<PairedRound, 'baselineValue' | 'contenderValue'>[],
  { confidence, cumulativeOf }: Statistics,
): Omit<Estimate, 'metric' | 'margin' | 'rounds'> | undefined {
  const logRatios = asValues(
    pairs.map(({ baselineValue, contenderValue }) => Math.log(contenderValue) - Math.log(baselineValue)),
  );
  const baselines = asValues(pairs.map(({ baselineValue }) => Math.log(baselineValue)));
  if (logRatios === undefined || baselines === undefined) return undefined;
  const ranked = signedRank(logRatios, cumulativeOf);
  return {
    logRatios,
    ratio: Math.exp(hodgesLehmann(ranked)),
    interval: ofRatios(signedRankInterval(ranked, confidence)),
    equivalenceInterval: ofRatios(signedRankInterval(ranked, 2 * confidence - 1)),
    pNoDifference: signedRankPValue(ranked, 0),
    baselineValue: Math.exp(hodgesLehmann(signedRank(baselines, cumulativeOf))),
  };
}

function pairedRounds(
  baseline: CaseFigures,
  contender: CaseFigures,
  name: MetricName,
): readonly PairedRound[] {
  const others = new Map(contender.rounds.map((it) => [it.round, it]));
  return baseline.rounds.flatMap((own): PairedRound[] => {
    const other = others.get(own.round);
    const baselineValue = metricValue(own, name);
    const contenderValue = other && metricValue(other, name);
    if (other === undefined || baselineValue === undefined || contenderValue === undefined) return [];
    const logRatio = Math.log(contenderValue) - Math.log(baselineValue);
    return [{ round: own.round, baseline: own, contender: other, baselineValue, contenderValue, logRatio }];
  });
}

/** The numbers of an estimate as data files have them. */
export function estimatedFields({ rounds, ...estimate }: Estimate) {
  return { ...changeFields(estimate), rounds: rounds.length };
}

/** A change as data files have it: the ratio, and the difference in the unit of the baseline's value. */
export function changeFields({
  ratio,
  interval,
  baselineValue,
}: Pick<Estimate, 'ratio' | 'interval' | 'baselineValue'>) {
  return {
    ratio,
    ratioLow: interval.low,
    ratioHigh: interval.high,
    confidence: interval.confidence,
    difference: baselineValue * (ratio - 1),
    differenceLow: baselineValue * (interval.low - 1),
    differenceHigh: baselineValue * (interval.high - 1),
  };
}

function ofRatios(interval: SignedRankInterval): SignedRankInterval {
  return { ...interval, low: Math.exp(interval.low), high: Math.exp(interval.high) };
}
