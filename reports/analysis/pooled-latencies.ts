import { metric } from '../../bench/model/metric.ts';
import type { Distribution } from '../report-model.ts';
import { addLatency, addPool, clearPool, emptyPool, type LatencyPool, poolQuantile } from './latency-pool.ts';
import { type PooledMetric, pooledQuantiles } from './metric-values.ts';
import type { RecordedCase, RoundSlices } from './recorded-cases.ts';

/** The far quantiles of some blocks of one round, pooled; in seconds. Those that have too few responses are not there. */
export type PooledQuantiles = Readonly<Record<PooledMetric, number | undefined>>;

export interface PooledLatencies {
  /** One for each case with completed slices. */
  readonly distributions: readonly Distribution[];
  /** Far quantiles of the given blocks of a round, which must hold a completed slice. */
  quantiles(round: RoundSlices, blocks: readonly number[]): PooledQuantiles;
}

/**
 * Decodes every completed slice's histogram once, round by round: the dear part of an analysis, in time and in
 * memory, so that of each round only its quantiles are kept. The blocks of a round in which baseline and
 * contender both completed are nearly always all of its blocks; any other choice is decoded when asked for.
 */
export function poolLatencies(cases: readonly RecordedCase[]): PooledLatencies {
  const ofWhole = new WeakMap<RoundSlices, PooledQuantiles>();
  const ofSome = new WeakMap<RoundSlices, Map<string, PooledQuantiles>>();
  const ofRound = emptyPool();

  /** Leaves the pool of the blocks in `ofRound`. */
  const poolBlocks = (round: RoundSlices, blocks: readonly number[]): PooledQuantiles => {
    clearPool(ofRound);
    let responses = 0;
    for (const block of blocks) {
      const slice = round.get(block);
      if (slice === undefined) continue;
      responses += slice.requests;
      addLatency(ofRound, slice.latency);
    }
    const quantileOf = (name: PooledMetric) =>
      responses < metric(name).minResponses ? undefined : poolQuantile(ofRound, pooledQuantiles[name]);
    const quantiles: PooledQuantiles = {
      'latency-p99': quantileOf('latency-p99'),
      'latency-p99.9': quantileOf('latency-p99.9'),
    };
    return quantiles;
  };

  const quantilesOfWhole = (round: RoundSlices, blocks: readonly number[]): PooledQuantiles => {
    const quantiles = ofWhole.get(round) ?? poolBlocks(round, blocks);
    ofWhole.set(round, quantiles);
    return quantiles;
  };

  const quantilesOfSome = (round: RoundSlices, blocks: readonly number[]): PooledQuantiles => {
    const choices = ofSome.get(round) ?? new Map<string, PooledQuantiles>();
    const choice = blocks.join(' ');
    const quantiles = choices.get(choice) ?? poolBlocks(round, blocks);
    ofSome.set(round, choices.set(choice, quantiles));
    return quantiles;
  };

  const distributions = cases.flatMap((recorded): Distribution[] => {
    if (recorded.rounds.size === 0) return [];
    const whole = emptyPool();
    for (const round of recorded.rounds.values()) {
      if (responsesOf(round) < fewestPooled) {
        // No far quantile of this round is ever asked for.
        for (const { latency } of round.values()) addLatency(whole, latency);
        continue;
      }
      quantilesOfWhole(round, sortedBlocks(round));
      addPool(whole, ofRound);
    }
    return [{ case: recorded.case, responses: whole.total, points: distributionPoints(whole) }];
  });

  return {
    distributions,
    quantiles: (round, blocks) =>
      blocks.length === round.size ? quantilesOfWhole(round, blocks) : quantilesOfSome(round, blocks),
  };
}

/** Fewest responses of a round for any far quantile. */
const fewestPooled = metric('latency-p99').minResponses;

function responsesOf(round: RoundSlices): number {
  let responses = 0;
  for (const { requests } of round.values()) responses += requests;
  return responses;
}

/** The blocks of a round in ascending order. */
export function sortedBlocks(round: RoundSlices): readonly number[] {
  return [...round.keys()].sort((a, b) => a - b);
}

/** Responses that must lie beyond a quantile for it to be drawn: 10⁴ in all for p99 (METHOD section 4). */
const fewestBeyond = 100;

/** The last binary digits of a power differ from one version of Node to the next; a report must not. */
const decimals = 12;

/**
 * From the median outwards, four points for each halving of what lies beyond: even steps on an axis of log
 * percentiles. Ends where fewer than 100 responses lie beyond; the median is always there.
 */
function distributionPoints(pool: LatencyPool): Distribution['points'] {
  const points = [{ quantile: 0.5, seconds: poolQuantile(pool, 0.5) }];
  for (let step = 1; ; step++) {
    const beyond = 0.5 * 2 ** (-step / 4);
    if (pool.total * beyond < fewestBeyond) return points;
    const quantile = Number((1 - beyond).toFixed(decimals));
    points.push({ quantile, seconds: poolQuantile(pool, quantile) });
  }
}
