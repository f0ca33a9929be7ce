/**
 * Sums of two values in ascending order, one for each pair: n(n+1)/2 Walsh averages, or m·n differences. Few of them
 * are listed and sorted; of many, only what is asked for is found, by counting: in O(n log n) rather than O(n²),
 * exactly (Johnson & Mizoguchi 1978; Monahan 1984).
 */
export interface OrderedSums {
  readonly size: number;
  /** The sum at an index from 0 in ascending order. */
  at(index: number): number;
  countAtMost(bound: number): number;
  countBelow(bound: number): number;
}

/** Up to so many sums, sorting all is quicker than counting. */
const mostListed = 1_024;

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
    return listed(list.sort());
  }
  const ascending = Float64Array.from(values).sort();
  return counted({
    size,
    rows: n,
    columnsOf: (row) => row + 1,
    sum: (row, column) => ((ascending[row] ?? 0) + (ascending[column] ?? 0)) / 2,
    lowest: ascending[0] ?? Number.NaN,
    highest: ascending[n - 1] ?? Number.NaN,
  });
}

/** Every value of `to` less every value of `from`. */
export function pairDifferences(from: readonly number[], to: readonly number[]): OrderedSums {
  const [m, n] = [from.length, to.length];
  if (m * n <= mostListed) {
    const list = new Float64Array(m * n);
    let next = 0;
    for (let i = 0; i < m; i++) for (let j = 0; j < n; j++) list[next++] = (to[j] ?? 0) - (from[i] ?? 0);
    return listed(list.sort());
  }
  const uppers = Float64Array.from(to).sort();
  // Descending, so that the differences of a row ascend with the column.
  const lowers = Float64Array.from(from).sort().reverse();
  return counted({
    size: m * n,
    rows: n,
    columnsOf: () => m,
    sum: (row, column) => (uppers[row] ?? 0) - (lowers[column] ?? 0),
    lowest: (uppers[0] ?? Number.NaN) - (lowers[0] ?? Number.NaN),
    highest: (uppers[n - 1] ?? Number.NaN) - (lowers[m - 1] ?? Number.NaN),
  });
}

/** The k-th of N at probability (k − ½)/N, between them by linear interpolation: at ½ the median. */
export function orderStatistic(ascending: OrderedSums, probability: number): number {
  const position = Math.min(ascending.size - 1, Math.max(0, probability * ascending.size - 0.5));
  const below = ascending.at(Math.floor(position));
  if (Number.isInteger(position)) return below;
  return below + (ascending.at(Math.ceil(position)) - below) * (position - Math.floor(position));
}

function listed(ascending: Float64Array): OrderedSums {
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

/** Sums in rows of which both row and column ascend. */
export interface Staircase {
  readonly size: number;
  readonly rows: number;
  /** Columns of a row that hold a sum: the first ones. */
  readonly columnsOf: (row: number) => number;
  /** Defined, and ascending, for all columns of any row. */
  readonly sum: (row: number, column: number) => number;
  readonly lowest: number;
  readonly highest: number;
}

/** Sums that are never listed. Finding one takes some 60 walks along the edge, each of rows + columns steps. */
export function counted(stairs: Staircase): OrderedSums {
  const { size, rows, columnsOf, sum, lowest, highest } = stairs;
  const width = columnsOf(rows - 1);

  /** How many sums of each row come before the first that `isBeyond`: the edge only ever goes left. */
  function edges(isBeyond: (sum: number) => boolean, visit: (row: number, edge: number) => void): void {
    let edge = width;
    for (let row = 0; row < rows; row++) {
      while (edge > 0 && isBeyond(sum(row, edge - 1))) edge--;
      visit(row, Math.min(edge, columnsOf(row)));
    }
  }
  function countBefore(isBeyond: (sum: number) => boolean): number {
    let count = 0;
    edges(isBeyond, (_, edge) => {
      count += edge;
    });
    return count;
  }
  const countAtMost = (bound: number) => countBefore((it) => it > bound);

  /** All sums above one bound and at most another, ascending. */
  function between(above: number, atMost: number): Float64Array {
    const starts: number[] = [];
    edges(
      (it) => it > above,
      (_, edge) => starts.push(edge),
    );
    const found: number[] = [];
    edges(
      (it) => it > atMost,
      (row, edge) => {
        for (let column = starts[row] ?? 0; column < edge; column++) found.push(sum(row, column));
      },
    );
    return Float64Array.from(found).sort();
  }

  /** The sums that were listed last, from index `below` on: whoever asks for one asks for its neighbour next. */
  let window: { readonly below: number; readonly sums: Float64Array } = {
    below: 0,
    sums: new Float64Array(0),
  };

  /** Halves the range that holds the sum until few are left in it, then sorts those. */
  function at(index: number): number {
    if (index < 0 || index >= size) throw new RangeError(`no element ${index} in ${size}`);
    const known = window.sums[index - window.below];
    if (known !== undefined) return known;
    let [low, high] = [lowest, highest];
    let [below, reached] = [countAtMost(low), size];
    if (index < below) return low;
    while (reached - below > 4 * rows) {
      const middle = low + (high - low) / 2;
      if (middle <= low || middle >= high) return high;
      const count = countAtMost(middle);
      if (count > index) [high, reached] = [middle, count];
      else [low, below] = [middle, count];
    }
    window = { below, sums: between(low, high) };
    return elementAt(window.sums, index - below);
  }

  return { size, at, countAtMost, countBelow: (bound) => countBefore((it) => it >= bound) };
}

function elementAt(values: Float64Array, index: number): number {
  const value = values[index];
  if (value === undefined) throw new RangeError(`no element ${index} in ${values.length}`);
  return value;
}
