import type { LatencyPool } from '../../bench/model/latency-pool.ts';
import type { MetricName } from '../../bench/model/metric.ts';
import { poolQuantile } from './pool-quantiles.ts';

/** Quantiles of a pool of latencies, microseconds. */
export interface Quantiles {
  readonly p50Us: number;
  readonly p90Us: number;
  readonly p99Us: number;
  readonly p999Us: number;
}

export function quantilesOf(pool: LatencyPool): Quantiles {
  return {
    p50Us: poolQuantile(pool, 0.5),
    p90Us: poolQuantile(pool, 0.9),
    p99Us: poolQuantile(pool, 0.99),
    p999Us: poolQuantile(pool, 0.999),
  };
}

interface Quantile {
  readonly key: keyof Quantiles;
  /** As a reader knows it. */
  readonly name: string;
}

const quantiles: Partial<Record<MetricName, Quantile>> = {
  latency_p50_us: { key: 'p50Us', name: 'p50' },
  latency_p90_us: { key: 'p90Us', name: 'p90' },
  latency_p99_us: { key: 'p99Us', name: 'p99' },
  latency_p999_us: { key: 'p999Us', name: 'p99.9' },
};

/** The quantile that a metric is; `undefined` for metrics that are none. */
export function quantileOf(metric: MetricName): Quantile | undefined {
  return quantiles[metric];
}

/** The quantiles of an open load, pooled over all rounds of a case. */
export interface OpenTimes {
  /** From when a request was due to its answer. */
  readonly response: Quantiles;
  /** From the actual send to the answer. */
  readonly serviceTime: Quantiles;
  /** The client's own lateness. */
  readonly sendLag: Quantiles;
}
