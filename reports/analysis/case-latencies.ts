import type { Latency } from '../../bench/model/latency.ts';
import { metric } from '../../bench/model/metric.ts';
import type { Distribution } from '../report-model.ts';
import { addLatency, addPool, clearPool, emptyPool, type LatencyPool, poolQuantile } from './latency-pool.ts';
import { type PooledMetric, pooledQuantiles } from './metric-values.ts';

/** The far quantiles of some blocks of one round, pooled; in seconds. Those that have too few responses are not there. */
export type PooledQuantiles = Readonly<Record<PooledMetric, number | undefined>>;

/** The latencies of one completed slice. */
export interface SliceLatencies {
  readonly round: number;
  readonly block: number;
  readonly requests: number;
  readonly latency: Pick<Latency, 'histogram'>;
}

export interface RoundLatencies {
  /** Those pooled, in the order in which they were; none where not all of the round's slices came together. */
  readonly blocks: readonly number[];
  readonly quantiles: PooledQuantiles;
}

/** What is kept of all the histograms of one case. */
export interface CaseLatencies {
  readonly responses: number;
  readonly points: Distribution['points'];
  readonly rounds: ReadonlyMap<number, RoundLatencies>;
}

/** Fewest responses of a round for any far quantile. */
const fewestPooled = metric('latency-p99').minResponses;

/**
 * Pools the completed slices of one case, which come round after round. Of a round that comes back after another one the
 * case holds the latencies all the same, but the round itself has no blocks to be known by.
 */
export class CasePooling {
  readonly #rounds = new Map<number, RoundLatencies>();
  readonly #ofRound = emptyPool();
  readonly #whole = emptyPool();
  #open: SliceLatencies[] = [];

  add(slice: SliceLatencies): void {
    const [first] = this.#open;
    if (first !== undefined && first.round !== slice.round) this.#closeRound();
    this.#open.push(slice);
  }

  /** @throws {Failure} usage, if a text is not an encoded histogram. */
  end(): CaseLatencies {
    this.#closeRound();
    return { responses: this.#whole.total, points: distributionPoints(this.#whole), rounds: this.#rounds };
  }

  #closeRound(): void {
    const slices = this.#open;
    const [first] = slices;
    if (first === undefined) return;
    this.#open = [];
    const blocks = this.#rounds.has(first.round) ? [] : slices.map(({ block }) => block);
    if (responsesOf(slices) < fewestPooled) {
      // It has no far quantile, so it needs no pool of its own.
      for (const { latency } of slices) addLatency(this.#whole, latency);
      this.#rounds.set(first.round, { blocks, quantiles: noQuantiles });
      return;
    }
    this.#rounds.set(first.round, { blocks, quantiles: quantilesOf(slices, this.#ofRound) });
    addPool(this.#whole, this.#ofRound);
  }
}

/** @param pool what was in it is cleared; the pool of the slices is left in it. */
export function quantilesOf(slices: readonly Omit<SliceLatencies, 'round' | 'block'>[], pool: LatencyPool) {
  clearPool(pool);
  for (const { latency } of slices) addLatency(pool, latency);
  const responses = responsesOf(slices);
  const quantileOf = (name: PooledMetric) =>
    responses < metric(name).minResponses ? undefined : poolQuantile(pool, pooledQuantiles[name]);
  return {
    'latency-p99': quantileOf('latency-p99'),
    'latency-p99.9': quantileOf('latency-p99.9'),
  } satisfies PooledQuantiles;
}

const noQuantiles: PooledQuantiles = { 'latency-p99': undefined, 'latency-p99.9': undefined };

function responsesOf(slices: readonly { readonly requests: number }[]): number {
  return slices.reduce((sum, { requests }) => sum + requests, 0);
}

/** Responses that must lie beyond a quantile for it to be drawn: 10⁴ in all for p99 (bench/docs/method.md, section 1). */
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
