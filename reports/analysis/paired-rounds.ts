import { type MetricName, metric } from '../../bench/model/metric.ts';
import { asValues, median, type Values } from '../statistics/location.ts';
import { pairedCentre, pairedShift } from '../statistics/paired-shift.ts';
import { isPooled, type PooledMetric, type SliceMetric } from './metric-values.ts';
import { type PooledLatencies, sortedBlocks } from './pooled-latencies.ts';
import type { RecordedCase } from './recorded-cases.ts';
import { type RoundValues, type RoundValuesOf, roundValues } from './round-values.ts';

/** Baseline and contender in one round, from the blocks in which both completed. */
export interface PairedRound {
  readonly round: number;
  /** Blocks in which both completed, in ascending order. */
  readonly blocks: readonly number[];
  /** y_r: Hodges–Lehmann estimate over the pairs of ln(contender/baseline); for a pooled quantile, of the pools. */
  readonly logRatio: number;
  /** The same over whole slices, where `logRatio` is over the turns inside them. */
  readonly wholeLogRatio?: number;
  /** Of `logRatio`, from the pairs of the round; absent for a pooled quantile and for a single pair. */
  readonly standardError?: number;
  /** Shift of contender against baseline over the blocks, in the metric's unit. */
  readonly difference: number;
  readonly baselineValue: number;
  readonly contenderValue: number;
}

/** A comparison on one metric, round by round: each array has one element a round, n of them. */
export interface PairedRounds {
  readonly rounds: readonly PairedRound[];
  readonly logRatios: Values;
  readonly differences: Values;
  /** Medians over rounds. */
  readonly baselineValue: number;
  readonly contenderValue: number;
}

/** A round of both, with the slices of the blocks in which both completed. */
interface CommonRound {
  readonly round: number;
  readonly blocks: readonly number[];
  readonly baseline: RoundValues;
  readonly contender: RoundValues;
}

/** What two cases have in common, round by round: the same for all metrics. */
export type CommonRounds = readonly CommonRound[];

/**
 * The rounds and blocks in which both completed: so both sides hold slices from the same stretches of time, in random
 * order, and the machine's drift cancels.
 * @param valuesOf pass `rememberedRoundValues()` where a baseline is compared with several.
 */
export function commonRounds(
  baseline: RecordedCase,
  contender: RecordedCase,
  valuesOf: RoundValuesOf = roundValues,
): CommonRounds {
  return [...baseline.rounds]
    .sort(([a], [b]) => a - b)
    .flatMap(([round, own]): CommonRound[] => {
      const others = contender.rounds.get(round);
      if (others === undefined) return [];
      const blocks = sortedBlocks(own).filter((block) => others.has(block));
      if (blocks.length === 0) return [];
      return [{ round, blocks, baseline: valuesOf(own, blocks), contender: valuesOf(others, blocks) }];
    });
}

/**
 * Pairs a contender with its baseline, round by round (bench/docs/method.md, section 2).
 * @returns `undefined` if no round has a pair, or if some round that has one holds too few responses, on
 * either side, for the metric to be shown.
 */
export function pairRounds(
  common: CommonRounds,
  name: MetricName,
  latencies: PooledLatencies,
): PairedRounds | undefined {
  const { minResponses } = metric(name);
  const tooFew = ({ responses: counted }: RoundValues) => counted < minResponses;
  if (common.some(({ baseline, contender }) => tooFew(baseline) || tooFew(contender))) return undefined;
  const paired = common.flatMap((it): PairedRound[] => {
    const pair = isPooled(name) ? pairPools(it, name, latencies) : pairSlices(it, name);
    return pair === undefined ? [] : [{ round: it.round, blocks: it.blocks, ...pair }];
  });
  const logRatios = asValues(paired.map((it) => it.logRatio));
  const differences = asValues(paired.map((it) => it.difference));
  const baselineValues = asValues(paired.map((it) => it.baselineValue));
  const contenderValues = asValues(paired.map((it) => it.contenderValue));
  if (!logRatios || !differences || !baselineValues || !contenderValues) return undefined;
  return {
    rounds: paired,
    logRatios,
    differences,
    baselineValue: median(baselineValues),
    contenderValue: median(contenderValues),
  };
}

type Pair = Omit<PairedRound, 'round' | 'blocks'>;

/**
 * Hodges–Lehmann estimate of a round's differences d = ln(contender/baseline): one for each block, or, of the throughput
 * of slices that took turns, one for each pair of turns. Both sides of a pair are from the same stretch of time, so that
 * what the machine did in it is taken off. Not their mean (bench/docs/method.md, section 2): what disturbs a slice comes
 * in bursts, and this estimate holds while at most 29 % (1 − 1/√2) of the pairs are spoilt (Hodges & Lehmann 1963; bench/docs/turns.md
 * has our figures).
 */
function pairSlices(common: CommonRound, name: SliceMetric): Pair | undefined {
  const before = common.baseline.columns[name];
  const after = common.contender.columns[name];
  if (before === undefined || after === undefined) return undefined;
  // Element i of each is of the i-th block that gives the metric on both sides.
  const [blocks, from, to]: [number[], number[], number[]] = [[], [], []];
  for (const [place, block] of common.blocks.entries()) {
    const [one, other] = [before.values[place], after.values[place]];
    if (one === undefined || other === undefined) continue;
    blocks.push(block);
    from.push(one);
    to.push(other);
  }
  const [baselines, contenders] = [asValues(from), asValues(to)];
  const wholes = asValues(logRatios(from, to));
  const differences = asValues(to.map((it, index) => it - (from[index] ?? Number.NaN)));
  if (!wholes || !differences || !baselines || !contenders) return undefined;
  const turns = name === 'throughput' ? pairTurns(common, blocks) : undefined;
  const { value: logRatio, standardError } = pairedShift(turns ?? wholes);
  return {
    logRatio,
    ...(turns === undefined ? {} : { wholeLogRatio: pairedCentre(wholes) }),
    ...(standardError === undefined ? {} : { standardError }),
    difference: pairedCentre(differences),
    baselineValue: baselines.length === before.given ? before.median : median(baselines),
    contenderValue: contenders.length === after.given ? after.median : median(contenders),
  };
}

/** Element by element, of which there are as many on both sides. */
function logRatios(from: readonly number[], to: readonly number[]): readonly number[] {
  return to.map((it, index) => Math.log(it / (from[index] ?? Number.NaN)));
}

/**
 * Log ratios of the turns of a round's slices: each cycle of turns gives a pair.
 * @returns `undefined` if some slice took none, or one of its turns was without a response and has no logarithm: a
 * round is compared by turns or by slices, so that no block weighs less for what was measured in it.
 */
function pairTurns({ baseline, contender }: CommonRound, blocks: readonly number[]): Values | undefined {
  const ratios: number[] = [];
  for (const block of blocks) {
    const from = baseline.all.get(block)?.turnRates;
    const to = contender.all.get(block)?.turnRates;
    if (from === undefined || to === undefined || from.length !== to.length) return undefined;
    if (from.some((rate) => rate <= 0) || to.some((rate) => rate <= 0)) return undefined;
    ratios.push(...logRatios(from, to));
  }
  return asValues(ratios);
}

function pairPools(
  { baseline, contender, blocks }: CommonRound,
  name: PooledMetric,
  latencies: PooledLatencies,
): Pair | undefined {
  const baselineValue = latencies.quantiles(baseline.all, blocks)[name];
  const contenderValue = latencies.quantiles(contender.all, blocks)[name];
  if (baselineValue === undefined || contenderValue === undefined) return undefined;
  return {
    logRatio: Math.log(contenderValue / baselineValue),
    difference: contenderValue - baselineValue,
    baselineValue,
    contenderValue,
  };
}
