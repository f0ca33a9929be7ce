import type { LogOverhead } from '../across/log-overhead.ts';

/** A lasting step of an overhead, by the index of nights. */
interface ChangePoint {
  /** First night at the new level. */
  readonly at: number;
  /** The night on which the change became datable. A change is news on this night alone. */
  readonly foundAt: number;
}

/** What may be the begin of a change: too few nights have followed to tell it from an outlier. */
interface Suspicion {
  readonly at: number;
  /** Further nights at the new level that make it a change. */
  readonly nightsNeeded: number;
}

interface Segmentation {
  readonly changes: readonly ChangePoint[];
  readonly suspicion?: Suspicion;
}

/**
 * Nights at a new level that must follow its first one before a change is dated. A change then has three nights, which
 * are the majority of five: one or two outliers make no change.
 */
export const nightsToFollow = 2;

/**
 * How many standard errors the levels before and after a change must differ by. The figures of bench/docs/history.md
 * come from it: it is a compromise between false alarms and late ones.
 */
const thresholdOfMany = 4.75;

/** Few nights tell little about their own variance: the threshold is higher for them. */
function thresholdAfter(nights: number): number {
  return thresholdOfMany * (1 + 1 / nights);
}

/** Nights among which a change is looked for: enough to know the level before it. */
const mostNights = 200;
/** Nights whose differences show the variance between runs. Older ones may be of a quieter or a louder machine. */
const varianceNights = 100;
/** Share of the largest differences that are left out of that variance: steps and outliers are among them. */
const trimmedShare = 0.2;
/** Mean of the other squares of standard normal deviates: (0.8 − 2 q φ(q)) / 0.8 with q = 1.2816. */
const trimmedMean = 0.4377;
/** A night counts as at most so many standard deviations away from the median of the five nights around it. */
const mostDeviations = 3;

/**
 * Finds the nights on which a level changed, by going through the history night by night as it came about:
 *
 *   for each night: variance of each night so far → where would one change fit best since the last one?
 *                   → if the levels differ by enough standard errors: the change is dated, and stays so
 *
 * The variance of a night is that of its own interval plus one between runs, which trimmed differences of neighboring
 * nights show whatever steps there are. What is found on a night depends on that night and the earlier ones alone, so
 * a later night moves nothing and no state is needed to report a change once.
 *
 * The score of a change is the likelihood ratio of a weighted segmentation into two levels (Page 1955; Hawkins 2001).
 */
export function changePoints(nights: readonly LogOverhead[]): Segmentation {
  const y = nights.map((it) => it.y);
  const medians = runningMedians(y);
  const variances = new VarianceWindow();
  const changes: ChangePoint[] = [];
  // Made once: a history of a thousand nights would make two thousand arrays.
  const room = { values: new Float64Array(mostNights), weights: new Float64Array(mostNights) };
  let start = 0;
  let suspicion: Suspicion | undefined;
  for (const [night, { se }] of nights.entries()) {
    const end = night + 1;
    variances.add(se ** 2, y[night - 1], y[night]);
    const betweenRuns = variances.betweenRuns();
    const threshold = thresholdAfter(end);
    suspicion = undefined;
    for (;;) {
      const begin = Math.max(start, end - mostNights);
      const ownVariance = variances.mean();
      const segment = weigh(nights, { start: begin, end, medians, ownVariance, betweenRuns }, room);
      if (segment === undefined) break;
      const { datable, recent } = bestSplits(segment, y, begin);
      const latest = recent.score > datable.score;
      if (latest && recent.score > threshold) suspicion = suspicionOf(begin + recent.at, end);
      // Where the change fits better on a later night, and not by one or two, the nights to come date it.
      if (datable.score <= threshold || (latest && recent.at > datable.at + nightsToFollow)) break;
      start = begin + datable.at;
      suspicion = undefined;
      changes.push({ at: start, foundAt: night });
    }
  }
  return { changes, ...(suspicion === undefined ? {} : { suspicion }) };
}

interface Weighed {
  /** Values, outliers clipped. */
  readonly values: Float64Array;
  /** Inverse variances. */
  readonly weights: Float64Array;
}

interface Within {
  readonly start: number;
  readonly end: number;
  readonly medians: readonly number[];
  readonly ownVariance: number;
  readonly betweenRuns: number;
}

/** The nights since the last change, if they are enough for one more: three on each side. */
function weigh(nights: readonly LogOverhead[], within: Within, room: Weighed): Weighed | undefined {
  const { start, end, medians, ownVariance, betweenRuns } = within;
  const length = end - start;
  if (length < 2 * (nightsToFollow + 1)) return undefined;
  const values = room.values.subarray(0, length);
  const weights = room.weights.subarray(0, length);
  for (let index = 0; index < length; index++) {
    const night = start + index;
    const { y = 0, se = 0 } = nights[night] ?? {};
    // Half of it is the common one: ten rounds tell their own spread within a quarter.
    const variance = (se ** 2 + ownVariance) / 2 + betweenRuns;
    const middle = Math.min(Math.max(night, start + nightsToFollow), end - 1 - nightsToFollow);
    const centre = medians[middle] ?? y;
    const most = mostDeviations ** 2 * variance;
    const beyond = (y - centre) ** 2 > most;
    values[index] = beyond ? centre + Math.sign(y - centre) * Math.sqrt(most) : y;
    weights[index] = 1 / variance;
  }
  return { values, weights };
}

/** Of each night, the median of the five around it. */
function runningMedians(y: readonly number[]): readonly number[] {
  return y.map((_, night) => {
    const around = y.slice(Math.max(0, night - nightsToFollow), night + nightsToFollow + 1);
    around.sort((a, b) => a - b);
    return around[around.length >> 1] ?? 0;
  });
}

interface Split {
  /** The first night of the second level. */
  readonly at: number;
  /** How many standard errors the levels differ by. */
  readonly score: number;
}

/**
 * The best split that enough nights follow, and the best of those that too few follow. The latter sees its nights as
 * they were measured: they are clipped until they are the majority of five.
 */
function bestSplits({ values, weights }: Weighed, measured: readonly number[], begin: number) {
  const total = { weight: 0, sum: 0 };
  for (let index = 0; index < values.length; index++) {
    const weight = weights[index] ?? 0;
    total.weight += weight;
    total.sum += weight * (values[index] ?? 0);
  }
  const before = { weight: 0, sum: 0 };
  const none: Split = { at: 0, score: 0 };
  const best = { datable: none, recent: none };
  const lastDatable = values.length - nightsToFollow - 1;
  for (let at = 1; at < values.length; at++) {
    const weight = weights[at - 1] ?? 0;
    before.weight += weight;
    before.sum += weight * (values[at - 1] ?? 0);
    if (at <= nightsToFollow) continue;
    const after = total.weight - before.weight;
    const sumAfter = at <= lastDatable ? total.sum - before.sum : weightedSum(measured, weights, begin, at);
    const step = sumAfter / after - before.sum / before.weight;
    const score = Math.abs(step) / Math.sqrt(1 / before.weight + 1 / after);
    const kind = at <= lastDatable ? 'datable' : 'recent';
    if (score > best[kind].score) best[kind] = { at, score };
  }
  return best;
}

function weightedSum(y: readonly number[], weights: Float64Array, begin: number, from: number): number {
  let sum = 0;
  for (let index = from; index < weights.length; index++)
    sum += (weights[index] ?? 0) * (y[begin + index] ?? 0);
  return sum;
}

function suspicionOf(at: number, end: number): Suspicion {
  return { at, nightsNeeded: nightsToFollow + 1 - (end - at) };
}

/** What the last nights show of their variance. */
class VarianceWindow {
  readonly #own: number[] = [];
  readonly #squares: number[] = [];
  /** The same squares in ascending order. */
  readonly #ascending: number[] = [];
  #sum = 0;

  add(own: number, before: number | undefined, y: number | undefined): void {
    this.#own.push(own);
    this.#sum += own;
    if (this.#own.length > varianceNights) this.#sum -= this.#own.shift() ?? 0;
    if (before === undefined || y === undefined) return;
    const square = (y - before) ** 2;
    this.#squares.push(square);
    this.#ascending.splice(placeOf(square, this.#ascending), 0, square);
    if (this.#squares.length < varianceNights) return;
    this.#ascending.splice(placeOf(this.#squares.shift() ?? 0, this.#ascending), 1);
  }

  /** The mean variance of the nights' own intervals. */
  mean(): number {
    return Math.max(0, this.#sum / this.#own.length);
  }

  /** The variance of a night beyond that: differences of neighbors have twice the variance of a night. */
  betweenRuns(): number {
    const kept = this.#ascending.length - Math.ceil(this.#ascending.length * trimmedShare);
    if (kept < 1) return 0;
    let sum = 0;
    for (let index = 0; index < kept; index++) sum += this.#ascending[index] ?? 0;
    return Math.max(0, sum / kept / trimmedMean / 2 - this.mean());
  }
}

/** The first place whose value is not smaller. */
function placeOf(value: number, ascending: readonly number[]): number {
  let low = 0;
  let high = ascending.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((ascending[middle] ?? 0) < value) low = middle + 1;
    else high = middle;
  }
  return low;
}
