import { type MetricName, metric } from '../../bench/model/metric.ts';
import { asValues, median, type Values } from '../statistics/location.ts';
import { twoSampleShift } from '../statistics/two-sample-shift.ts';
import { isPooled, type PooledMetric, type SliceMetric, sliceValue } from './metric-values.ts';
import { type PooledLatencies, sortedBlocks } from './pooled-latencies.ts';
import type { RecordedCase, RoundSlices } from './recorded-cases.ts';

/** Baseline and contender in one round, from the blocks in which both completed. */
export interface PairedRound {
  readonly round: number;
  /** Blocks in which both completed, in ascending order. */
  readonly blocks: readonly number[];
  /** y_r: shift of ln(contender) against ln(baseline) over the round's slices; for a pooled quantile, of the pools. */
  readonly logRatio: number;
  /** Of `logRatio`, from the slices of the round; absent for a pooled quantile and for a single slice. */
  readonly standardError?: number;
  /** Shift of contender against baseline, in the metric's unit. */
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

/**
 * Pairs a contender with its baseline, round by round (METHOD section 4), over the blocks in which both completed: so
 * both sides hold slices from the same stretches of time, in random order, and the machine's drift cancels.
 * @returns `undefined` if no round has a pair, or if some round that has one holds too few responses, on
 * either side, for the metric to be shown.
 */
export function pairRounds(
  baseline: RecordedCase,
  contender: RecordedCase,
  name: MetricName,
  latencies: PooledLatencies,
): PairedRounds | undefined {
  const { minResponses } = metric(name);
  const paired: PairedRound[] = [];
  for (const [round, baselineSlices] of [...baseline.rounds].sort(([a], [b]) => a - b)) {
    const contenderSlices = contender.rounds.get(round);
    if (contenderSlices === undefined) continue;
    const blocks = sortedBlocks(baselineSlices).filter((block) => contenderSlices.has(block));
    if (blocks.length === 0) continue;
    if (responses(baselineSlices, blocks) < minResponses) return undefined;
    if (responses(contenderSlices, blocks) < minResponses) return undefined;
    const pair = isPooled(name)
      ? pairPools(baselineSlices, contenderSlices, blocks, name, latencies)
      : pairSlices(baselineSlices, contenderSlices, blocks, name);
    if (pair !== undefined) paired.push({ round, blocks, ...pair });
  }
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

/** Responses in a round's blocks. */
export function responses(round: RoundSlices, blocks: readonly number[]): number {
  return blocks.reduce((sum, block) => sum + (round.get(block)?.requests ?? 0), 0);
}

type Pair = Omit<PairedRound, 'round' | 'blocks'>;

/**
 * Two-sample Hodges–Lehmann shift of a round's slices: the median over every pair of a contender's and a baseline's.
 * Not the mean of block differences: what disturbs a slice comes in bursts and only ever slows it down, and this estimate
 * holds while fewer than half of the pairs are spoilt: with up to 29 % (1 − 1/√2) of such slices on both sides at once, or
 * fewer than half on one (Hodges & Lehmann 1963; bench/docs/short-slices.md has our figures).
 */
function pairSlices(
  baseline: RoundSlices,
  contender: RoundSlices,
  blocks: readonly number[],
  name: SliceMetric,
): Pair | undefined {
  const froms = asValues(valuesIn(baseline, blocks, name));
  const tos = asValues(valuesIn(contender, blocks, name));
  if (!froms || !tos) return undefined;
  const { value: logRatio, standardError } = twoSampleShift(logs(froms), logs(tos));
  return {
    logRatio,
    ...(standardError === undefined ? {} : { standardError }),
    difference: twoSampleShift(froms, tos).value,
    baselineValue: median(froms),
    contenderValue: median(tos),
  };
}

function pairPools(
  baseline: RoundSlices,
  contender: RoundSlices,
  blocks: readonly number[],
  name: PooledMetric,
  latencies: PooledLatencies,
): Pair {
  const baselineValue = latencies.quantiles(baseline, blocks)[name];
  const contenderValue = latencies.quantiles(contender, blocks)[name];
  return {
    logRatio: Math.log(contenderValue / baselineValue),
    difference: contenderValue - baselineValue,
    baselineValue,
    contenderValue,
  };
}

function logs([first, ...rest]: Values): Values {
  return [Math.log(first), ...rest.map((value) => Math.log(value))];
}

function valuesIn(round: RoundSlices, blocks: readonly number[], name: SliceMetric): readonly number[] {
  return blocks.flatMap((block) => {
    const slice = round.get(block);
    const value = slice === undefined ? undefined : sliceValue(slice, name);
    return value === undefined ? [] : [value];
  });
}
