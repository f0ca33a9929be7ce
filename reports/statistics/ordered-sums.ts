import { elementAt } from './element-at.ts';
import { staircaseSums } from './staircase.ts';

/**
 * Sums of two values in ascending order, one for each pair: n(n+1)/2 Walsh averages, or m·n differences. Few of them
 * are listed and sorted; of some hundred those that are asked for are selected; of many they are found by counting: in
 * O(n log n) rather than O(n²), exactly (Johnson & Mizoguchi 1978; Monahan 1984).
 */
export interface OrderedSums {
  readonly size: number;
  /** The sum at an index from 0 in ascending order. */
  at(index: number): number;
  countAtMost(bound: number): number;
  countBelow(bound: number): number;
}

/** Up to so many sums, listing all is quicker than counting. */
const mostListed = 1_024;
/** Up to so many, sorting what is listed is quicker than selecting from it. */
const mostSorted = 128;

/** Averages of every two values, each with itself included. */
export function walshAverages(values: readonly number[]): OrderedSums {
  const n = values.length;
  const size = (n * (n + 1)) / 2;
  if (size <= mostListed) {
    const list = new Float64Array(size);
    let next = 0;
    for (let i = 0; i < n; i++) {
      for (let j = i; j < n; j++) list[next++] = ((values[i] ?? 0) + (values[j] ?? 0)) / 2;
    }
    return listed(list);
  }
  const ascending = Float64Array.from(values).sort();
  return staircaseSums({ size, ofRow: ascending, ofColumn: ascending, factor: 0.5, triangular: true });
}

/** Every value of `to` less every value of `from`. */
export function pairDifferences(from: readonly number[], to: readonly number[]): OrderedSums {
  const [m, n] = [from.length, to.length];
  if (m * n <= mostListed) {
    const list = new Float64Array(m * n);
    let next = 0;
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) list[next++] = (to[j] ?? 0) - (from[i] ?? 0);
    return listed(list);
  }
  return staircaseSums({
    size: m * n,
    ofRow: Float64Array.from(to).sort(),
    ofColumn: Float64Array.from(from, (value) => -value).sort(),
    factor: 1,
    triangular: false,
  });
}

/** The k-th of N at probability (k − ½)/N, between them by linear interpolation: at ½ the median. */
export function orderStatistic(ascending: OrderedSums, probability: number): number {
  const position = Math.min(ascending.size - 1, Math.max(0, probability * ascending.size - 0.5));
  const below = ascending.at(Math.floor(position));
  if (Number.isInteger(position)) return below;
  return below + (ascending.at(Math.ceil(position)) - below) * (position - Math.floor(position));
}

function listed(list: Float64Array): OrderedSums {
  return list.length <= mostSorted ? sorted(list.sort()) : selected(list);
}

/** Sums that stay as they are listed but for what is asked for, which comes to its place. */
function selected(list: Float64Array): OrderedSums {
  /** What is before one of these places is no larger than what is there, and what is after it no smaller. */
  const placed: number[] = [];
  const countOf = (isCounted: (sum: number) => boolean) => {
    let count = 0;
    for (const sum of list) if (isCounted(sum)) count++;
    return count;
  };
  return {
    size: list.length,
    at(index) {
      let [low, high] = [0, list.length - 1];
      for (const place of placed) {
        if (place <= index) low = Math.max(low, place);
        if (place >= index) high = Math.min(high, place);
      }
      const sum = select(list, index, [low, high]);
      placed.push(index);
      return sum;
    },
    countAtMost: (bound) => countOf((sum) => sum <= bound),
    countBelow: (bound) => countOf((sum) => sum < bound),
  };
}

/**
 * Hoare's selection (1961): parts the list around a value until the place is found; the list stays parted.
 * @param range in which the wanted one is known to be.
 */
function select(list: Float64Array, index: number, range: readonly [first: number, last: number]): number {
  let [low, high] = range;
  while (low < high) {
    const pivot = elementAt(list, index);
    let [left, right] = [low, high];
    while (left <= right) {
      while ((list[left] ?? Number.NaN) < pivot) left++;
      while ((list[right] ?? Number.NaN) > pivot) right--;
      if (left > right) break;
      const swapped = list[left] ?? Number.NaN;
      list[left++] = list[right] ?? Number.NaN;
      list[right--] = swapped;
    }
    if (right < index) low = left;
    if (index < left) high = right;
  }
  return elementAt(list, index);
}

function sorted(ascending: Float64Array): OrderedSums {
  /** How many come before the first that `isBeyond`. */
  function before(isBeyond: (sum: number) => boolean): number {
    let [low, high] = [0, ascending.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (isBeyond(ascending[middle] ?? Number.NaN)) high = middle;
      else low = middle + 1;
    }
    return low;
  }
  return {
    size: ascending.length,
    at: (index) => elementAt(ascending, index),
    countAtMost: (bound) => before((sum) => sum > bound),
    countBelow: (bound) => before((sum) => sum >= bound),
  };
}
