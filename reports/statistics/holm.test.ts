import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { holm } from './holm.ts';

test('by hand, as R\'s p.adjust(c(0.01, 0.04, 0.03, 0.005), "holm") defines it', () => {
  // Ascending 0.005·4, 0.01·3, 0.03·2, 0.04·1 → 0.02, 0.03, 0.06, then never below the one before.
  expect(holm([0.01, 0.04, 0.03, 0.005]).map((p) => p.toFixed(3))).toEqual([
    '0.030',
    '0.060',
    '0.060',
    '0.020',
  ]);
});

test('one p-value stays as it is, none stays none, and nothing exceeds 1', () => {
  expect(holm([0.03])).toEqual([0.03]);
  expect(holm([])).toEqual([]);
  expect(holm([0.6, 0.9])).toEqual([1, 1]);
});

test('the order of the input does not matter, and the correction lies between none and Bonferroni', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 8 }), (pValues) => {
      const adjusted = holm(pValues);
      expect(holm(pValues.toReversed()).toReversed()).toEqual(adjusted);
      for (const [index, p] of pValues.entries()) {
        expect(adjusted[index]).toBeGreaterThanOrEqual(p);
        expect(adjusted[index]).toBeLessThanOrEqual(Math.min(1, p * pValues.length));
      }
    }),
    { seed: 1 },
  );
});
