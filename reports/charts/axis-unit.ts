import type { MetricUnit } from '../../bench/model/metric.ts';

/** The unit in which an axis counts, chosen once for the whole axis. */
export interface AxisUnit {
  /** Number of base units in one of these. */
  readonly factor: number;
  readonly symbol: string;
}

const units = {
  us: [
    { factor: 1e6, symbol: 's' },
    { factor: 1e3, symbol: 'ms' },
    { factor: 1, symbol: 'µs' },
  ],
  rps: [
    { factor: 1e6, symbol: 'million requests/s' },
    { factor: 1e3, symbol: 'thousand requests/s' },
    { factor: 1, symbol: 'requests/s' },
  ],
  mbs: [
    { factor: 1e3, symbol: 'GB/s' },
    { factor: 1, symbol: 'MB/s' },
  ],
} as const satisfies Record<MetricUnit, readonly [AxisUnit, ...AxisUnit[]]>;

/** The largest unit in which the smallest value of the axis is at least 1, else the smallest unit. */
export function axisUnit(smallest: number, base: MetricUnit): AxisUnit {
  const scales: readonly AxisUnit[] = units[base];
  return scales.find((it) => smallest / it.factor >= 1) ?? units[base].at(-1) ?? units[base][0];
}
