/**
 * Numbers as a reader sees them. Base units go in, text comes out; nothing here depends on the locale of
 * the machine. A minus is U+2212, so that it cannot be taken for a hyphen.
 */

interface Scale {
  readonly factor: number;
  readonly symbol: string;
}

const secondScales = [
  { factor: 1, symbol: 's' },
  { factor: 1e-3, symbol: 'ms' },
  { factor: 1e-6, symbol: 'µs' },
  { factor: 1e-9, symbol: 'ns' },
] as const satisfies readonly Scale[];

const rateScales = [
  { factor: 1e6, symbol: 'M/s' },
  { factor: 1e3, symbol: 'k/s' },
  { factor: 1, symbol: '/s' },
] as const satisfies readonly Scale[];

export type Unit = 'requests/s' | 's';

/** Largest scale in which `magnitude` is at least 1, else the smallest; zero stays in the base unit. */
function scaleFor(magnitude: number, unit: Unit): Scale {
  const base: Scale = { factor: 1, symbol: unit === 's' ? 's' : '/s' };
  if (magnitude === 0) return base;
  const scales: readonly Scale[] = unit === 's' ? secondScales : rateScales;
  // 0.9995: what would be printed as 1000 of a unit is printed as 1 of the next.
  return scales.find((scale) => magnitude / scale.factor >= 0.9995) ?? scales.at(-1) ?? base;
}

/** Fixed decimals, U+2212 for minus, and never "−0". */
export function formatNumber(value: number, decimals: number): string {
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? `−${text}` : text;
}

/** Decimals that leave three significant digits before and after the point. */
function decimalsForThreeDigits(magnitude: number): number {
  if (magnitude >= 99.95) return 0;
  return magnitude >= 9.995 ? 1 : 2;
}

/** Decimals with which an interval's half-width shows one or two digits: more would be noise. */
function decimalsForHalfWidth(halfWidth: number): number {
  if (halfWidth >= 0.95) return 0;
  if (halfWidth >= 0.095) return 1;
  return halfWidth >= 0.0095 ? 2 : 3;
}

/** A value in base units with three significant digits: `62.4 µs`, `25.3 k/s`. */
export function formatValue(value: number, unit: Unit): string {
  const scale = scaleFor(Math.abs(value), unit);
  const scaled = value / scale.factor;
  return `${formatNumber(scaled, decimalsForThreeDigits(Math.abs(scaled)))} ${scale.symbol}`;
}

/** Seconds with three significant digits: `840 ns`, `62.4 µs`, `1.05 ms`, `2.00 s`. */
export function formatSeconds(seconds: number): string {
  return formatValue(seconds, 's');
}

/** A ratio of contender to baseline: `0.842`. */
export function formatRatio(ratio: number): string {
  return formatNumber(ratio, 3);
}

/** A ratio with its interval: `0.842 [0.825, 0.860]`, with a fourth decimal where the interval is narrow. */
export function formatRatioInterval(ratio: number, low: number, high: number): string {
  const [value, from, to] = [ratio, low, high].map((it) => formatNumber(it, ratioDecimals(low, high)));
  return `${value} [${from}, ${to}]`;
}

/** An interval of ratios in a sentence: `0.825 to 0.860`. */
export function formatRatioRange(low: number, high: number): string {
  return [low, high].map((it) => formatNumber(it, ratioDecimals(low, high))).join(' to ');
}

function ratioDecimals(low: number, high: number): number {
  return high - low < 0.01 ? 4 : 3;
}

/** A fraction as a percentage: 0.162 → `16 %`, 0.0162 → `1.6 %`, 0.975 → `97.5 %`. Whole numbers stay whole. */
export function formatPercent(fraction: number): string {
  const percent = fraction * 100;
  const size = Math.abs(percent);
  const whole = Math.abs(percent - Math.round(percent)) < 0.05;
  const decimals = whole || (size >= 9.95 && size < 95) ? 0 : 1;
  return `${formatNumber(percent, decimals)} %`;
}

/** A ratio as a signed change: 0.842 → `−15.8 %`, 1.2 → `+20.0 %`, 1 → `0.0 %`. */
export function formatPercentChange(ratio: number): string {
  const text = formatNumber((ratio - 1) * 100, 1);
  return `${Number(text) > 0 ? '+' : ''}${text} %`;
}

/** A fraction with its interval, as precise as the interval is: `16 % [14, 18]`, `1.2 % [0.9, 1.5]`. */
export function formatPercentInterval(fraction: number, low: number, high: number): string {
  const decimals = decimalsForHalfWidth(((high - low) / 2) * 100);
  const [value, from, to] = [fraction, low, high].map((it) => formatNumber(it * 100, decimals));
  return `${value} % [${from}, ${to}]`;
}

/** A value with its interval in one common unit, as precise as the interval is: `9 µs [7, 11]`. */
export function formatValueInterval(value: number, low: number, high: number, unit: Unit): string {
  const scale = scaleFor(Math.max(Math.abs(value), Math.abs(low), Math.abs(high)), unit);
  const decimals = decimalsForHalfWidth((high - low) / 2 / scale.factor);
  const [middle, from, to] = [value, low, high].map((it) => formatNumber(it / scale.factor, decimals));
  return `${middle} ${scale.symbol} [${from}, ${to}]`;
}

/** A count with separated thousands: `1,234,567`. */
export function formatCount(count: number): string {
  const digits = Math.abs(Math.round(count)).toString();
  return `${count < 0 ? '−' : ''}${digits.replace(/\B(?=(\d{3})+$)/g, ',')}`;
}

/** A p-value: `0.031`, `<0.001`. */
export function formatPValue(p: number): string {
  return p < 0.001 ? '<0.001' : formatNumber(p, 3);
}

/** How long something took, for people: `4.2 s`, `3 min 5 s`, `2 h 10 min`. */
export function formatDuration(seconds: number): string {
  if (seconds < 59.95) return `${formatNumber(seconds, 1)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  const minutes = Math.round(whole / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
