import { expect, test } from 'vitest';
import { staircaseSums } from './staircase.ts';

const shape = { factor: 0.5, triangular: true } as const;

function averages(ascending: Float64Array, ofRow: ArrayLike<number> = ascending) {
  const size = (ascending.length * (ascending.length + 1)) / 2;
  return staircaseSums({ size, ofRow, ofColumn: ascending, ...shape });
}

/** How often rows are looked at until the median and the quartiles are found. */
function rowsLookedAt(ascending: Float64Array): number {
  let looks = 0;
  const ofRow = new Proxy(ascending, {
    get: (values, key) => {
      looks++;
      return Reflect.get(values, key);
    },
  });
  const sums = averages(ascending, ofRow);
  for (const quarters of [2, 1, 3]) sums.at(Math.floor((sums.size * quarters) / 4));
  return looks;
}

test('the work grows with the values, not with the pairs', () => {
  const looks = (size: number) =>
    rowsLookedAt(Float64Array.from({ length: size }, (_, index) => ((index * 7_919) % size) ** 1.1).sort());
  // Eight times the values are 64 times the pairs; n log n is 8·(1 + 3/10) times the work.
  expect(looks(8_000) / looks(1_000)).toBeLessThan(16);
});

/** Steps of 0.05: sums of different pairs are equal but for the last digit of some. */
const inSteps = (size: number, steps: number) =>
  Float64Array.from({ length: size }, (_, index) => 0.18 + 0.05 * Math.floor((index * steps) / size));

test('values that repeat cost little more than values that differ', () => {
  expect(rowsLookedAt(inSteps(1_600, 13)) / rowsLookedAt(inSteps(1_600, 1_600))).toBeLessThan(3);
});

test('values far from all others cost little', () => {
  const values = inSteps(1_600, 1_600);
  const withFar = values.map((it, index) => (index < 3 ? -1e6 : index > 1_596 ? 1e9 : it));
  expect(rowsLookedAt(withFar) / rowsLookedAt(values)).toBeLessThan(3);
});

test('each sum of values that repeat is found', () => {
  const values = inSteps(240, 7);
  const all = [...values].flatMap((a, i) => [...values.subarray(i)].map((b) => (a + b) / 2));
  const ascending = Float64Array.from(all).sort();
  const indexes = Array.from({ length: 60 }, (_, place) => Math.floor((place * ascending.length) / 60));
  // Each from a staircase that was not asked for anything else before.
  expect(indexes.map((index) => averages(values).at(index))).toEqual(
    indexes.map((index) => ascending[index]),
  );
});
