import {
  changeOf,
  changePrinter,
  type Estimated,
  formatDifference,
  formatNumber,
} from '../../bench/model/format.ts';
import type { BoundLimit, GateOutcome } from '../../bench/model/gate.ts';
import { type MetricName, metric } from '../../bench/model/metric.ts';
import type { RatioInterval } from '../../bench/model/ratio-interval.ts';

/** How much worse a ratio is than 1, as a fraction: of a latency the ratio less one, of a capacity one less the ratio. */
export function worsening(name: MetricName, ratio: RatioInterval): Estimated {
  const change = changeOf(ratio);
  return metric(name).better === 'lower' ? change : negated(change);
}

function negated({ value, low, high }: Estimated): Estimated {
  return { value: -value, low: -high, high: -low };
}

/** failed: the near end of the interval is beyond the limit. passed: the far end is not. open: the limit lies between them. */
export function outcomeOf(
  { low, high }: Pick<Estimated, 'low' | 'high'>,
  limit: number,
): Exclude<GateOutcome, 'untrusted'> {
  if (low > limit) return 'failed';
  return high <= limit ? 'passed' : 'open';
}

/**
 * A figure and its limit for a reader: `+31 % [+28, +34], limit +20 %`. A loss of capacity is below zero, as in all
 * reports.
 */
export function figureWords(figure: Estimated, limit: BoundLimit, name: MetricName): string {
  if (limit.kind === 'maxOverheadUs') {
    const { value, low, high } = figure;
    return `${formatDifference(value, low, high, 'us')}, limit +${limitWords(limit)}`;
  }
  const isLoss = metric(name).better === 'higher';
  const shown = isLoss ? negated(figure) : figure;
  const printed = changePrinter([shown], limit.value)(shown);
  return `${printed.value} ${printed.interval}, limit ${isLoss ? '−' : '+'}${limitWords(limit)}`;
}

/** A limit with all the digits that the config gives it: `12.5 %`, `0.5 µs`. */
export function limitWords({ kind, value }: BoundLimit): string {
  const [scaled, unit] = kind === 'maxOverheadUs' ? [value, 'µs'] : [100 * value, '%'];
  // 100 × 0.07 is 7.000000000000001.
  const written = Number(scaled.toPrecision(12));
  let decimals = 0;
  while (decimals < mostDecimals && Number(written.toFixed(decimals)) !== written) decimals += 1;
  return `${formatNumber(written, decimals)} ${unit}`;
}

const mostDecimals = 20;

/** An overhead with its interval: `+31 % [+28, +34]`. */
export function overheadWords(ratio: RatioInterval): string {
  const change = changeOf(ratio);
  const { value, interval } = changePrinter([change], 1)(change);
  return `${value} ${interval}`;
}

/** About how many rounds narrow an interval to a limit: its width shrinks with the square root of their number. */
export function roundsToNarrow(half: number, limit: number, rounds: number): number {
  return Math.ceil(rounds * (half / limit) ** 2);
}

/** Why a check is open; empty for others. */
export function openWords({ low, high }: Estimated, { value: limit }: BoundLimit, rounds: number): string {
  if (outcomeOf({ low, high }, limit) !== 'open') return '';
  const half = (high - low) / 2;
  return half <= limit
    ? '; the interval includes the limit'
    : `; the interval is wider than the limit: it would take about ${roundsToNarrow(half, limit, rounds)} rounds`;
}
