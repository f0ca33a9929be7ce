import { elementAt } from './element-at.ts';
import type { OrderedSums } from './ordered-sums.ts';

/** Sums of which the one in row i and column j is (ofRow[i] + ofColumn[j]) · factor: ascending in both directions. */
export interface Staircase {
  readonly size: number;
  /** Both ascending. */
  readonly ofRow: ArrayLike<number>;
  readonly ofColumn: ArrayLike<number>;
  readonly factor: 1 | 0.5;
  /** Row i has only the columns from i on. */
  readonly triangular: boolean;
}

/** The sums that are at most `value`, or that are below it. */
interface Bound {
  readonly value: number;
  readonly inclusive: boolean;
  readonly count: number;
}

/** Up to so many sums that may be the wanted one, sorting them is quicker than narrowing their range. */
const fewLeft = 256;
/** Sums that lie evenly are found in fewer steps. */
const stepsIfEven = 9;

/** Sums that are never listed. Finding one takes ten to twenty walks along the edge, each of rows + columns steps. */
export function staircaseSums({ size, ofRow, ofColumn, factor, triangular }: Staircase): OrderedSums {
  const [rows, columns] = [ofRow.length, ofColumn.length];
  /** The column at which row i begins, for each i. */
  const firstOfRow = triangular ? 1 : 0;
  const sum = (row: number, column: number) => ((ofRow[row] ?? 0) + (ofColumn[column] ?? 0)) * factor;
  const lowest = sum(0, 0);
  const highest = sum(rows - 1, columns - 1);

  /**
   * How many sums are at most `bound`, or below it: along the edge between them and the others, which only ever goes left
   * from one row to the next. Every step adds to the count, be it by nothing: a processor guesses a branch that goes
   * either way half of the time wrong.
   * @param edges is given the column of each row at which they end.
   */
  function countUpTo(bound: number, inclusive: boolean, edges?: Int32Array): number {
    let [row, edge, count] = [0, columns, 0];
    while (row < rows && edge > row * firstOfRow) {
      const last = ((ofRow[row] ?? 0) + (ofColumn[edge - 1] ?? 0)) * factor;
      const within = Number(inclusive ? last <= bound : last < bound);
      count += within * (edge - row * firstOfRow);
      if (edges !== undefined) edges[row] = edge;
      row += within;
      edge += within - 1;
    }
    if (edges !== undefined) for (; row < rows; row++) edges[row] = row * firstOfRow;
    return count;
  }

  /** Where the sums beyond one bound and within another begin and end in each row. */
  function stretches(low: Bound, high: Bound) {
    const [starts, ends] = [new Int32Array(rows), new Int32Array(rows)];
    countUpTo(low.value, low.inclusive, starts);
    countUpTo(high.value, high.inclusive, ends);
    return { starts, ends };
  }

  /** All sums beyond one bound and within another, ascending. */
  function between(low: Bound, high: Bound): Float64Array {
    const { starts, ends } = stretches(low, high);
    const found = new Float64Array(high.count - low.count);
    let next = 0;
    for (let row = 0; row < rows; row++) {
      for (let column = starts[row] ?? 0; column < (ends[row] ?? 0); column++)
        found[next++] = sum(row, column);
    }
    return found.sort();
  }

  /** Some sum beyond one bound and within another: half of all these are in the rows up to its own. */
  function oneBetween(low: Bound, high: Bound): number {
    const { starts, ends } = stretches(low, high);
    let passed = 0;
    for (let row = 0; row < rows; row++) {
      const [start, end] = [starts[row] ?? 0, ends[row] ?? 0];
      passed += end - start;
      if (2 * passed >= high.count - low.count) return sum(row, (start + end - 1) >> 1);
    }
    throw new RangeError(`no sum beyond ${low.value} and within ${high.value}`);
  }

  /** The sums that were listed last, from index `below` on: whoever asks for one asks for its neighbour next. */
  let window: { readonly below: number; readonly sums: Float64Array } = {
    below: 0,
    sums: new Float64Array(0),
  };

  /** Bounds that were looked at: whoever asks for one sum of a group asks for others near it. */
  const looked: Bound[] = [];
  const lookAt = (value: number, inclusive = true): Bound => {
    const bound = { value, inclusive, count: countUpTo(value, inclusive) };
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
    let high: Bound = { value: highest, inclusive: true, count: size };
    const narrow = (bound: Bound) => {
      if (bound.count > index) high = isBefore(bound, high) ? bound : high;
      else low = isBefore(low, bound) ? bound : low;
    };
    looked.forEach(narrow);
    for (let step = 1; high.count - low.count > fewLeft; step++) {
      // Nothing lies beyond the sums below a value and within those at most it but that value.
      if (low.value === high.value) return high.value;
      const middle = low.value + (high.value - low.value) / 2;
      if (step > stepsIfEven && step % 2 === 0) {
        // Many sums are equal, so that no bound comes between them: one of them is tried (Hoare's selection).
        const one = oneBetween(low, high);
        narrow(lookAt(one, false));
        narrow(lookAt(one));
      } else {
        // Where the sums lie evenly the guess is close; the middle now and then, where they do not.
        const guess = step % 3 === 0 ? middle : guessBeside(index, low, high);
        narrow(lookAt(guess > low.value && guess < high.value ? guess : middle));
      }
    }
    window = { below: low.count, sums: between(low, high) };
    return elementAt(window.sums, index - low.count);
  }

  return {
    size,
    at,
    countAtMost: (bound) => countUpTo(bound, true),
    countBelow: (bound) => countUpTo(bound, false),
  };
}

/** Whether one bound lies before another, be it only in a gap between two sums. */
function isBefore(one: Bound, other: Bound): boolean {
  return one.count < other.count || (one.count === other.count && one.value < other.value);
}

/** A value a little to that side of the wanted sum on which more sums are left, if they lie evenly. */
function guessBeside(index: number, low: Bound, high: Bound): number {
  const left = high.count - low.count;
  const beside = Math.max(fewLeft / 4, left / 32);
  const wanted = index - low.count > high.count - index ? index - beside : index + beside;
  return low.value + ((high.value - low.value) * (wanted - low.count)) / left;
}
