import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fUpperTail, regularizedBeta } from './incomplete-beta.ts';
import { studentTPValue } from './student-t.ts';

// SciPy 1.17.1: stats.f.sf(f, d1, d2).
test.each([
  [1, 1, 1, 0.5],
  [4.7472, 1, 12, 0.050000520747],
  [3.2, 2, 17.4, 0.0655479228188],
  [0.5, 4, 20, 0.736037188911],
  [2.5, 9, 41.7, 0.0218565050991],
  [30, 2, 6.3, 0.00060277483981],
  [1.1, 29, 300, 0.335136274867],
])('P(F > %d) with %d and %d degrees of freedom', (f, d1, d2, expected) => {
  expect(fUpperTail(f, d1, d2)).toBeCloseTo(expected, 10);
});

// SciPy 1.17.1: stats.beta.cdf(x, a, b).
test.each([
  [0.5, 0.5, 0.5, 0.5],
  [0.1, 2, 3, 0.0523],
  [0.9, 20, 1.5, 0.234127110295],
  [0.3, 7.25, 12.5, 0.278070641924],
  [0, 2, 3, 0],
  [1, 2, 3, 1],
])('I_%d(%d, %d)', (x, a, b, expected) => {
  expect(regularizedBeta(x, a, b)).toBeCloseTo(expected, 10);
});

test('with one degree of freedom in the numerator, F is the square of t', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.01, max: 20, noNaN: true }), fc.integer({ min: 1, max: 200 }), (t, df) => {
      expect(fUpperTail(t * t, 1, df)).toBeCloseTo(studentTPValue(t, df), 9);
    }),
  );
});
