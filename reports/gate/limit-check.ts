import {
  changePrinter,
  type Estimated,
  formatDifference,
  formatNumber,
  formatPercentChange,
} from '../../bench/model/format.ts';
import type { BoundLimit, GateOutcome } from '../../bench/model/gate.ts';
import { type MetricName, metric } from '../../bench/model/metric.ts';
import type { MeasuredOverhead } from '../../bench/model/summary.ts';

/** A ratio with its interval. */
export type Ratio = Pick<MeasuredOverhead, 'ratio' | 'ratioLow' | 'ratioHigh'>;

/** How much worse a ratio is than 1, as a fraction: of a latency the ratio less one, of a capacity one less the ratio. */
export function worsening(name: MetricName, { ratio, ratioLow, ratioHigh }: Ratio): Estimated {
  return metric(name).better === 'lower'
    ? { value: ratio - 1, low: ratioLow - 1, high: ratioHigh - 1 }
    : { value: 1 - ratio, low: 1 - ratioHigh, high: 1 - ratioLow };
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
export function figureWords(figure: Estimated, { kind, value: limit }: BoundLimit, name: MetricName): string {
  if (kind === 'maxOverheadUs') {
    const { value, low, high } = figure;
    return `${formatDifference(value, low, high, 'us')}, limit +${formatNumber(limit, Number.isInteger(limit) ? 0 : 2)} µs`;
  }
  const isLoss = metric(name).better === 'higher';
  const { value, low, high } = figure;
  const shown = isLoss ? { value: -value, low: -high, high: -low } : figure;
  const printed = changePrinter([shown], limit)(shown);
  return `${printed.value} ${printed.interval}, limit ${formatPercentChange(isLoss ? 1 - limit : 1 + limit)}`;
}

/** An overhead with its interval: `+31 % [+28, +34]`. */
export function overheadWords({ ratio, ratioLow, ratioHigh }: Ratio): string {
  const change = { value: ratio - 1, low: ratioLow - 1, high: ratioHigh - 1 };
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
