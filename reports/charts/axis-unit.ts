/** The unit in which an axis counts, chosen once for the whole axis. */
export interface AxisUnit {
  /** Base units in one of these. */
  readonly factor: number;
  readonly symbol: string;
}

const units = {
  s: [
    { factor: 1, symbol: 's' },
    { factor: 1e-3, symbol: 'ms' },
    { factor: 1e-6, symbol: 'µs' },
    { factor: 1e-9, symbol: 'ns' },
  ],
  'requests/s': [
    { factor: 1e6, symbol: 'million requests/s' },
    { factor: 1e3, symbol: 'thousand requests/s' },
    { factor: 1, symbol: 'requests/s' },
  ],
} as const satisfies Record<string, readonly AxisUnit[]>;

/** The largest unit in which the smallest value of the axis is at least 1. */
export function axisUnit(smallest: number, base: 's' | 'requests/s'): AxisUnit {
  const scales: readonly AxisUnit[] = units[base];
  return scales.find((it) => smallest / it.factor >= 1) ?? { factor: 1, symbol: base };
}
