/** At least one value: an estimate of nothing does not exist. */
export type Values = readonly [number, ...number[]];

/** Narrows an array to one that has a value to estimate from; `undefined` if it is empty. */
export function asValues(values: readonly number[]): Values | undefined {
  return isSome(values) ? values : undefined;
}

function isSome(values: readonly number[]): values is Values {
  return values.length > 0;
}

export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

export function mean(values: Values): number {
  return sum(values) / values.length;
}

/** Value at `probability` (0..1) by linear interpolation of the order statistics: R's `quantile`, type 7. */
export function quantile(values: Values, probability: number): number {
  const ascending = Float64Array.from(values).sort();
  const position = (ascending.length - 1) * Math.min(1, Math.max(0, probability));
  const below = ascending[Math.floor(position)] ?? values[0];
  const above = ascending[Math.ceil(position)] ?? below;
  return below + (above - below) * (position - Math.floor(position));
}

export function median(values: Values): number {
  return quantile(values, 0.5);
}

/** Standard deviation with n − 1 in the divisor; `undefined` for a single value, which has none. */
export function standardDeviation(values: Values): number | undefined {
  if (values.length < 2) return undefined;
  const centre = mean(values);
  return Math.sqrt(sum(values.map((value) => (value - centre) ** 2)) / (values.length - 1));
}
