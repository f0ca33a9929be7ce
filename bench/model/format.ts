import type { MetricUnit } from './metric.ts';
import type { RatioInterval } from './ratio-interval.ts';

/**
 * Formats numbers for a reader. The input is a value as data files have it, and the output is text. Nothing
 * here depends on the locale of the machine. A minus is U+2212, so that it cannot be taken for a hyphen.
 */

interface Scale {
  readonly factor: number;
  readonly symbol: string;
}

/** In microseconds. */
const timeScales = [
  { factor: 1e6, symbol: 's' },
  { factor: 1e3, symbol: 'ms' },
  { factor: 1, symbol: 'µs' },
  { factor: 1e-3, symbol: 'ns' },
] as const satisfies readonly Scale[];

const rate: Scale = { factor: 1, symbol: 'requests/s' };
const transfer: Scale = { factor: 1, symbol: 'MB/s' };

/**
 * For times: the largest scale in which `magnitude` is at least 1, else the smallest. Zero is in
 * microseconds.
 */
function scaleFor(magnitude: number, unit: MetricUnit): Scale {
  if (unit === 'rps') return rate;
  if (unit === 'mbs') return transfer;
  if (magnitude === 0) return timeScales[2];
  // 0.9995: a value that would print as 1000 of a unit prints as 1 of the next.
  return timeScales.find((scale) => magnitude / scale.factor >= 0.9995) ?? timeScales[3];
}

/** A difference near zero stays in the unit of the compared values: microseconds, or a larger one. */
function differenceScale(magnitude: number, unit: MetricUnit): Scale {
  return scaleFor(unit === 'us' ? Math.max(1, magnitude) : magnitude, unit);
}

/**
 * U+2212 for minus, never "−0", thousands separated.
 * @param decimals fixed; below 0 the last digits before the point are rounded away: −2 prints hundreds.
 */
export function formatNumber(value: number, decimals: number): string {
  const size = Math.abs(value);
  const step = 10 ** -decimals;
  const text = decimals < 0 ? String(Math.round(size / step) * step) : size.toFixed(decimals);
  const [whole = '', fraction] = text.split('.');
  const separated = whole.replace(/\B(?=(\d{3})+$)/g, ',');
  const digits = fraction === undefined ? separated : `${separated}.${fraction}`;
  return value < 0 && Number(text) !== 0 ? `−${digits}` : digits;
}

/** The same, with a plus before a value that prints above zero. */
function formatSigned(value: number, decimals: number): string {
  const text = formatNumber(value, decimals);
  return value > 0 && /[1-9]/.test(text) ? `+${text}` : text;
}

/** Decimals that leave three significant digits before and after the point. */
function decimalsForThreeDigits(magnitude: number): number {
  if (magnitude >= 999.5) return 2 - Math.floor(Math.log10(magnitude * 1.0005));
  if (magnitude >= 99.95) return 0;
  return magnitude >= 9.995 ? 1 : 2;
}

/** A stranger's file may have figures whose width is infinite. */
const widest = 1e15;

/** Decimals with which an interval's half-width shows one digit, or two if the first is a 1: more would be noise. */
function decimalsForHalfWidth(halfWidth: number): number {
  // Rates: one digit more, so that a bound near zero is not rounded to it.
  if (halfWidth >= 150) return -Math.floor(Math.log10(Math.min(halfWidth, widest) / 15));
  if (halfWidth >= 1.5) return 0;
  if (halfWidth >= 0.15) return 1;
  return halfWidth >= 0.015 ? 2 : 3;
}

/** A value with three significant digits: `62.4 µs`, `25,300 requests/s`. */
export function formatValue(value: number, unit: MetricUnit): string {
  const scale = scaleFor(Math.abs(value), unit);
  const scaled = value / scale.factor;
  return `${formatNumber(scaled, decimalsForThreeDigits(Math.abs(scaled)))} ${scale.symbol}`;
}

/** A difference without its interval, in the unit of the compared values: `+9.24 µs`, `−0.36 µs`. */
export function formatSignedValue(value: number, unit: MetricUnit): string {
  const scale = differenceScale(Math.abs(value), unit);
  const scaled = value / scale.factor;
  return `${formatSigned(scaled, decimalsForThreeDigits(Math.abs(scaled)))} ${scale.symbol}`;
}

/** Seconds with three significant digits: `840 ns`, `62.4 µs`, `1.05 ms`, `2.00 s`. */
export function formatSeconds(seconds: number): string {
  return formatValue(seconds * 1e6, 'us');
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

/** A fraction for which a percentage point is near enough: 0.162 → `16 %`, 0.0162 → `2 %`. */
export function formatWholePercent(fraction: number): string {
  return `${formatNumber(fraction * 100, 0)} %`;
}

/** A ratio as a signed change: 0.842 → `−16 %`, 1.012 → `+1.2 %`, 2.011 → `+101 %`, 1 → `0 %`. */
export function formatPercentChange(ratio: number): string {
  const percent = (ratio - 1) * 100;
  const whole = Math.abs(percent - Math.round(percent)) < 0.05;
  return `${formatSigned(percent, whole || Math.abs(percent) >= 9.95 ? 0 : 1)} %`;
}

/**
 * A fraction with its interval, as precise as the interval is: `16 % [14, 18]`, `1.2 % [0.9, 1.5]`.
 * @param of words between the fraction and its interval: `16 % of its capacity [14, 18]`.
 */
export function formatPercentInterval(fraction: number, low: number, high: number, of = ''): string {
  const decimals = decimalsForHalfWidth(((high - low) / 2) * 100);
  const [value, from, to] = [fraction, low, high].map((it) => formatNumber(it * 100, decimals));
  return `${value} %${of === '' ? '' : ` ${of}`} [${from}, ${to}]`;
}

/** A ratio as a change with its interval: `+16 % [+14, +18]`, `−0.2 % [−1.3, +0.9]`. */
export function formatChangeInterval(ratio: RatioInterval): string {
  const percent = scaledBy(changeOf(ratio), 100);
  const { value, interval } = printed(percent, blockDecimals([percent]), '%');
  return `${value} ${interval}`;
}

/** The interval alone, as bounds of a change in per cent that is too small to matter, with decimals: `[−1.3, +1.1]`. */
export function formatChangeBounds(low: number, high: number): string {
  const decimals = Math.max(1, decimalsForHalfWidth(((high - low) / 2) * 100));
  return `[${formatSigned(low * 100, decimals)}, ${formatSigned(high * 100, decimals)}]`;
}

/** The interval alone, in a sentence: `+12 % to +25 %`. */
export function formatChangeRange(low: number, high: number): string {
  const decimals = decimalsForHalfWidth(((high - low) / 2) * 100);
  return [low, high].map((it) => `${formatSigned((it - 1) * 100, decimals)} %`).join(' to ');
}

/**
 * A value with its interval in one common unit, as precise as the interval is: `9 µs [7, 11]`.
 * @param of words between the value and its interval: `9 µs a request [7, 11]`.
 */
export function formatValueInterval(
  value: number,
  low: number,
  high: number,
  unit: MetricUnit,
  of = '',
): string {
  return valueInterval([value, low, high], unit, of);
}

/** A difference with its interval in one common unit: `+9 µs [+7, +11]`, `−4,800 requests/s [−5,300, −4,300]`. */
export function formatDifference(value: number, low: number, high: number, unit: MetricUnit): string {
  const parts = formatDifferenceParts(value, low, high, unit);
  return `${parts.value} ${parts.interval}`;
}

/** An estimate with the bounds of its interval, all in one unit. */
export interface Estimated {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** What a ratio changes, as a fraction: 1.16 is 0.16. */
export function changeOf({ ratio, ratioLow, ratioHigh }: RatioInterval): Estimated {
  return { value: ratio - 1, low: ratioLow - 1, high: ratioHigh - 1 };
}

/** A printed estimate in two parts, for a layout that prints the interval smaller: `+9 µs` and `[+7, +11]`. */
export interface PrintedEstimate {
  readonly value: string;
  readonly interval: string;
}

/** One difference, printed by itself: `+9 µs` and `[+7, +11]`. */
export function formatDifferenceParts(
  value: number,
  low: number,
  high: number,
  unit: MetricUnit,
): PrintedEstimate {
  const estimated = { value, low, high };
  return differencePrinter([estimated], unit)(estimated);
}

/**
 * Prints the differences of one block of a table alike: in one unit, with the precision of the narrowest interval.
 * @param block at least those that will be printed.
 */
export function differencePrinter(
  block: readonly Estimated[],
  unit: MetricUnit,
): (it: Estimated) => PrintedEstimate {
  const scale = differenceScale(largestOf(block), unit);
  const scaled = block.map((it) => scaledBy(it, 1 / scale.factor));
  const decimals = blockDecimals(scaled);
  return (it) => printed(scaledBy(it, 1 / scale.factor), decimals, scale.symbol);
}

/**
 * Prints the changes of one block of a table alike, in per cent. Only a change with a bound that would be rounded to a
 * value that decides its verdict has more decimals: beside a margin of 2 %, −1.6 % stays −1.6 %.
 * @param block fractions, at least those that will be printed.
 * @param margin the relevance margin, a fraction.
 */
export function changePrinter(
  block: readonly Estimated[],
  margin: number,
): (it: Estimated) => PrintedEstimate {
  const percents = block.map((it) => scaledBy(it, 100));
  const decisive = [-100 * margin, 0, 100 * margin];
  const usual = blockDecimals(percents);
  return (it) => {
    const percent = scaledBy(it, 100);
    return printed(percent, decisiveDecimals(percent, decisive, usual), '%');
  };
}

function largestOf(block: readonly Estimated[]): number {
  return Math.max(0, ...block.flatMap(({ value, low, high }) => [value, low, high].map(Math.abs)));
}

function scaledBy({ value, low, high }: Estimated, factor: number): Estimated {
  return { value: value * factor, low: low * factor, high: high * factor };
}

/** Most decimals that are spent on a bound near a decisive value. Nearer than that, the two are the same to a reader. */
const mostDecimals = 2;

/** As many as the narrowest interval of the block has. */
function blockDecimals(block: readonly Estimated[]): number {
  const decimals = block.map(({ low, high }) => decimalsForHalfWidth((high - low) / 2));
  return decimals.length === 0 ? 0 : Math.max(...decimals);
}

/** More than usual where a bound would be printed as one of the decisive values. */
function decisiveDecimals({ low, high }: Estimated, decisive: readonly number[], usual: number): number {
  let decimals = usual;
  const hidden = () =>
    [low, high].some((bound) =>
      decisive.some((it) => Math.abs(bound - it) <= 0.5 * 10 ** -decimals && bound !== it),
    );
  while (decimals < mostDecimals && hidden()) decimals += 1;
  return decimals;
}

function printed({ value, low, high }: Estimated, decimals: number, symbol: string): PrintedEstimate {
  const [middle, from, to] = [value, low, high].map((it) => formatSigned(it, decimals));
  return { value: `${middle} ${symbol}`, interval: `[${from}, ${to}]` };
}

function valueInterval(
  [value, low, high]: readonly [value: number, low: number, high: number],
  unit: MetricUnit,
  of: string,
): string {
  const scale = differenceScale(largestOf([{ value, low, high }]), unit);
  const decimals = decimalsForHalfWidth((high - low) / 2 / scale.factor);
  const [middle, from, to] = [value, low, high].map((it) => formatNumber(it / scale.factor, decimals));
  return `${middle} ${scale.symbol}${of === '' ? '' : ` ${of}`} [${from}, ${to}]`;
}

/** A p-value in a sentence: `p = 0.031`, `p < 0.001`. */
export function pValueWords(p: number): string {
  return p < 0.001 ? 'p < 0.001' : `p = ${formatNumber(p, 3)}`;
}

/** A count with separated thousands: `1,234,567`. */
export function formatCount(count: number): string {
  return formatNumber(count, 0);
}

/** A count with its noun: `1 run`, `12 runs`. */
export function counted(count: number, word: string): string {
  return `${formatCount(count)} ${word}${count === 1 ? '' : 's'}`;
}

/** A p-value: `0.031`, `<0.001`. */
export function formatPValue(p: number): string {
  return p < 0.001 ? '<0.001' : formatNumber(p, 3);
}

/**
 * How long something takes, for people: `4.2 s`, `1 min`, `3 min 5 s`, `2 h 10 min`.
 * @param decimals of less than a minute: 0 for what is only about as long.
 */
export function formatDuration(seconds: number, decimals = 1): string {
  if (seconds < 60 - 0.5 * 10 ** -decimals) return `${formatNumber(seconds, decimals)} s`;
  const whole = Math.round(seconds);
  if (whole < 3600) return twoUnits(whole, 60, 'min', 's');
  return twoUnits(Math.round(whole / 60), 60, 'h', 'min');
}

function twoUnits(small: number, inLarge: number, large: string, symbol: string): string {
  const rest = small % inLarge;
  return `${Math.floor(small / inLarge)} ${large}${rest === 0 ? '' : ` ${rest} ${symbol}`}`;
}
