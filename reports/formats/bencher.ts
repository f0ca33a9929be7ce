import { dataNumber } from '../../bench/model/data-keys.ts';
import { printable } from '../../bench/model/printable.ts';
import { type ExportRow, trustedRatios } from './export-rows.ts';

interface BencherMetric {
  readonly value: number;
  readonly lower_value: number;
  readonly upper_value: number;
}

/**
 * Bencher Metric Format: benchmark → measure → value with bounds
 * (https://bencher.dev/docs/reference/bencher-metric-format/). A benchmark is `server:profile:path`, and its measure
 * the metric's id and `_ratio`. Absolute figures are left out: Bencher's thresholds raise alerts, and such figures
 * change with the machine.
 */
export function renderBencher(rows: readonly ExportRow[]): string {
  const benchmarks = new Map<string, Record<string, BencherMetric>>();
  for (const { name, metric, value, low, high } of trustedRatios(rows)) {
    const benchmark = name.slice(0, -`:${metric}`.length);
    benchmarks.set(benchmark, {
      ...benchmarks.get(benchmark),
      [`${metric}_ratio`]: {
        value: dataNumber(value),
        lower_value: dataNumber(low),
        upper_value: dataNumber(high),
      },
    });
  }
  return `${printable(JSON.stringify(Object.fromEntries(benchmarks), null, 2))}\n`;
}
