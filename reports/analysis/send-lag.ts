import { formatValue } from '../../bench/model/format.ts';
import type { MetricName } from '../../bench/model/metric.ts';
import { quantileOf } from './quantiles.ts';
import type { CaseFigures } from './round-figures.ts';

/** A quantile of an open load is the client's where its own lag at that quantile is this share of it or more. */
export const largestLagShare = 0.1;

/** A quantile that says more about the load generator than about the path. */
interface ClientsOwn {
  /** `p99`. */
  readonly name: string;
  readonly lagUs: number;
  readonly responseUs: number;
}

/**
 * The side of a comparison whose quantile is the load generator's own (bench/docs/method.md, section 10).
 * @returns undefined where the metric is no quantile of an open load, or the lag is small on all sides.
 */
export function clientsOwn(sides: readonly CaseFigures[], metric: MetricName): ClientsOwn | undefined {
  const quantile = quantileOf(metric);
  if (quantile === undefined) return undefined;
  const own = sides.flatMap(({ open }): readonly ClientsOwn[] => {
    if (open === undefined) return [];
    const [lagUs, responseUs] = [open.sendLag[quantile.key], open.response[quantile.key]];
    return lagUs < largestLagShare * responseUs ? [] : [{ name: quantile.name, lagUs, responseUs }];
  });
  return own.toSorted((a, b) => b.lagUs / b.responseUs - a.lagUs / a.responseUs)[0];
}

/** `the load generator's own lag is 25 µs at p99, of 198 µs`. */
export function clientsOwnWords({ name, lagUs, responseUs }: ClientsOwn): string {
  return `the load generator's own lag is ${formatValue(lagUs, 'us')} at ${name}, of ${formatValue(responseUs, 'us')}`;
}
