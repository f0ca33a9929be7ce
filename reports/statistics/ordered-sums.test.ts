import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type OrderedSums, pairDifferences, walshAverages } from './ordered-sums.ts';

const value = fc.oneof(
  fc.integer({ min: -20, max: 20 }).map((it) => it / 8),
  fc.double({ min: -1e3, max: 1e3, noNaN: true }),
);
/** Few of them are sorted, some hundred selected from, many counted. */
const sizes = [1, 2, 7, 40, 60, 90];
const arrays = fc
  .constantFrom(...sizes)
  .chain((size) => fc.array(value, { minLength: size, maxLength: size }));

function agree(sums: OrderedSums, all: readonly number[], bounds: readonly number[]): void {
  const ascending = all.toSorted((a, b) => a - b);
  expect(sums.size).toBe(ascending.length);
  for (const part of [0, 0.02, 0.31, 0.5, 0.69, 0.98, 1]) {
    const index = Math.round(part * (ascending.length - 1));
    // Of two zeros either may come first.
    expect(sums.at(index) + 0).toBe((ascending[index] ?? Number.NaN) + 0);
  }
  for (const bound of [...bounds, ascending[0] ?? 0, ascending.at(-1) ?? 0]) {
    expect(sums.countAtMost(bound)).toBe(all.filter((it) => it <= bound).length);
    expect(sums.countBelow(bound)).toBe(all.filter((it) => it < bound).length);
  }
}

test('Walsh averages are those of all pairs, however many', () => {
  fc.assert(
    fc.property(arrays, fc.array(value, { maxLength: 3 }), (values, bounds) => {
      const all = values.flatMap((first, index) => values.slice(index).map((second) => (first + second) / 2));
      agree(walshAverages(values), all, bounds);
    }),
    { seed: 1, numRuns: 120 },
  );
});

test('differences are those of all pairs, however many', () => {
  fc.assert(
    fc.property(arrays, arrays, fc.array(value, { maxLength: 3 }), (from, to, bounds) => {
      const all = to.flatMap((upper) => from.map((lower) => upper - lower));
      agree(pairDifferences(from, to), all, bounds);
    }),
    { seed: 2, numRuns: 120 },
  );
});

describe('what is not there', () => {
  test.each([3, 90])('of %i values is refused', (size) => {
    const values = Array.from({ length: size }, (_, index) => index);
    const { size: count, at } = walshAverages(values);
    expect(() => at(count)).toThrow(`no element ${count} in ${count}`);
    expect(() => at(-1)).toThrow('no element -1');
  });
});
