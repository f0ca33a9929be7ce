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
/** Up to so many sums that may be the wanted one, sorting them is quicker than narrowing their range. */
const fewLeft = 256;

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
  return counted({ size, ofRow: ascending, ofColumn: ascending, factor: 0.5, triangular: true });
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
  return counted({
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

/** Sums (row + column) · factor, in rows of which both row and column ascend. */
export interface Staircase {
  readonly size: number;
  /** Both ascending. */
  readonly ofRow: ArrayLike<number>;
  readonly ofColumn: ArrayLike<number>;
  readonly factor: 1 | 0.5;
  /** Row i has only the columns 0 … i. */
  readonly triangular: boolean;
}

/** Sums that are never listed. Finding one takes some ten walks along the edge, each of rows + columns steps. */
export function counted({ size, ofRow, ofColumn, factor, triangular }: Staircase): OrderedSums {
  const [rows, columns] = [ofRow.length, ofColumn.length];
  const sum = (row: number, column: number) => ((ofRow[row] ?? 0) + (ofColumn[column] ?? 0)) * factor;
  const lowest = sum(0, 0);
  const highest = sum(rows - 1, columns - 1);

  /**
   * How many sums are at most `bound`, or below it: along the edge between them and the others, which only ever goes left
   * from one row to the next.
   * @param edges is given how many of each row there are.
   */
  function countUpTo(bound: number, inclusive: boolean, edges?: Int32Array): number {
    let edge = columns;
    let count = 0;
    for (let row = 0; row < rows; row++) {
      const own = ofRow[row] ?? 0;
      while (edge > 0) {
        const last = (own + (ofColumn[edge - 1] ?? 0)) * factor;
        if (inclusive ? last <= bound : last < bound) break;
        edge--;
      }
      const reached = triangular && edge > row + 1 ? row + 1 : edge;
      if (edges !== undefined) edges[row] = reached;
      count += reached;
    }
    return count;
  }
  const countAtMost = (bound: number) => countUpTo(bound, true);

  /** All sums above one bound and at most another, ascending. */
  function between(above: number, atMost: number): Float64Array {
    const [starts, ends] = [new Int32Array(rows), new Int32Array(rows)];
    const below = countUpTo(above, true, starts);
    const found = new Float64Array(countUpTo(atMost, true, ends) - below);
    let next = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = starts[row] ?? 0; column < (ends[row] ?? 0); column++)
        found[next++] = sum(row, column);
    }
    return found.sort();
  }

  /** The sums that were listed last, from index `below` on: whoever asks for one asks for its neighbour next. */
  let window: { readonly below: number; readonly sums: Float64Array } = {
    below: 0,
    sums: new Float64Array(0),
  };

  /** Bounds that were looked at: whoever asks for one sum of a group asks for others near it. */
  const looked: Bound[] = [];
  const lookAt = (value: number): Bound => {
    const bound = { value, count: countAtMost(value) };
    looked.push(bound);
    return bound;
  };

  /** Narrows the range that holds the sum until few are left in it, then sorts those. */
  function at(index: number): number {
    if (index < 0 || index >= size) throw new RangeError(`no element ${index} in ${size}`);
    const known = window.sums[index - window.below];
    if (known !== undefined) return known;
    let low = looked[0] ?? lookAt(lowest);
    if (index < low.count) return lowest;
    let high: Bound = { value: highest, count: size };
    for (const bound of looked) {
      if (bound.count > index) high = bound.value < high.value ? bound : high;
      else low = bound.value > low.value ? bound : low;
    }
    for (let step = 1; high.count - low.count > fewLeft; step++) {
      const middle = low.value + (high.value - low.value) / 2;
      if (middle <= low.value || middle >= high.value) return high.value;
      // Where the sums lie evenly the guess is close; the middle now and then, where they do not.
      const guess = step % 3 === 0 ? middle : guessBeside(index, low, high);
      const bound = lookAt(guess > low.value && guess < high.value ? guess : middle);
      if (bound.count > index) high = bound;
      else low = bound;
    }
    window = { below: low.count, sums: between(low.value, high.value) };
    return elementAt(window.sums, index - low.count);
  }

  return { size, at, countAtMost, countBelow: (bound) => countUpTo(bound, false) };
}

interface Bound {
  readonly value: number;
  /** Sums that are at most `value`. */
  readonly count: number;
}

/** A value a little to that side of the wanted sum on which more sums are left, if they lie evenly. */
function guessBeside(index: number, low: Bound, high: Bound): number {
  const left = high.count - low.count;
  const beside = Math.max(fewLeft / 4, left / 32);
  const wanted = index - low.count > high.count - index ? index - beside : index + beside;
  return low.value + ((high.value - low.value) * (wanted - low.count)) / left;
}

function elementAt(values: Float64Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no element ${index} in ${values.length}`);
  return value;
}
