import type { Distribution } from '../report-model.ts';
import { addLatency, addPool, clearPool, emptyPool, type LatencyPool, poolQuantile } from './latency-pool.ts';
import { type PooledMetric, pooledQuantiles } from './metric-values.ts';
import type { RecordedCase, RoundSlices } from './recorded-cases.ts';

/** The far quantiles of some blocks of one round, pooled; in seconds. */
export type PooledQuantiles = Readonly<Record<PooledMetric, number>>;

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
  const known = new WeakMap<RoundSlices, Map<string, PooledQuantiles>>();
  const ofRound = emptyPool();

  /** Leaves the pool of the blocks in `ofRound`. */
  const poolBlocks = (round: RoundSlices, blocks: readonly number[]): PooledQuantiles => {
    clearPool(ofRound);
    for (const block of blocks) {
      const slice = round.get(block);
      if (slice !== undefined) addLatency(ofRound, slice.latency);
    }
    const quantiles: PooledQuantiles = {
      'latency-p99': poolQuantile(ofRound, pooledQuantiles['latency-p99']),
      'latency-p99.9': poolQuantile(ofRound, pooledQuantiles['latency-p99.9']),
    };
    const choices = known.get(round) ?? new Map<string, PooledQuantiles>();
    known.set(round, choices.set(blocks.join(' '), quantiles));
    return quantiles;
  };

  const distributions = cases.flatMap((recorded): Distribution[] => {
    if (recorded.rounds.size === 0) return [];
    const whole = emptyPool();
    for (const round of recorded.rounds.values()) {
      poolBlocks(round, sortedBlocks(round));
      addPool(whole, ofRound);
    }
    return [{ case: recorded.case, responses: whole.total, points: distributionPoints(whole) }];
  });

  return {
    distributions,
    quantiles: (round, blocks) => known.get(round)?.get(blocks.join(' ')) ?? poolBlocks(round, blocks),
  };
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
