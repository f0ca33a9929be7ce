import { expect, test } from 'vitest';
import { studentTPValue, studentTQuantile } from './student-t.ts';

// SciPy 1.17.1, scipy.stats.t.ppf(p, df), which is R's qt(p, df).
test.each([
  [0.975, 1, 12.706204736174694],
  [0.975, 2, 4.302652729749462],
  [0.975, 5, 2.5705818356363146],
  [0.975, 7, 2.364624251592784],
  [0.975, 9, 2.262157162798205],
  [0.975, 19, 2.0930240544083087],
  [0.975, 30, 2.0422724563012378],
  [0.8, 1, 1.3763819204711738],
  [0.8, 2, 1.0606601717798214],
  [0.8, 5, 0.9195437802408271],
  [0.8, 7, 0.8960296443137653],
  [0.8, 19, 0.8609505502689286],
  [0.995, 4, 4.604094871349992],
  [0.9, 100, 1.290074761346516],
])('the quantile at %f with %i degrees of freedom is %f', (probability, freedom, expected) => {
  expect(studentTQuantile(probability, freedom)).toBeCloseTo(expected, 9);
  expect(studentTQuantile(1 - probability, freedom)).toBeCloseTo(-expected, 9);
});

test('it comes to the normal quantile (R: qnorm(0.975) = 1.959963984540054) with many degrees of freedom', () => {
  expect(studentTQuantile(0.975, 1e6)).toBeCloseTo(1.959963984540054, 4);
  expect(studentTQuantile(0.5, 4)).toBeCloseTo(0, 12);
});

test('what has no quantile is refused', () => {
  expect(() => studentTQuantile(1, 3)).toThrow('no quantile at probability 1');
  expect(() => studentTQuantile(0.5, 0)).toThrow('whole degrees of freedom');
  expect(() => studentTQuantile(0.5, 2.5)).toThrow('whole degrees of freedom');
});

// SciPy 1.17.1, 2 * scipy.stats.t.sf(t, df).
test.each([
  [2.5, 7, 0.04099221858575289],
  [-2.5, 7, 0.04099221858575289],
  [0.3, 1, 0.8144528418445154],
  [5, 4, 0.007490433881274525],
  [1.2, 30, 0.23953035088966237],
  [0, 3, 1],
])('the two-sided p of t = %f with %i degrees of freedom is %f', (t, freedom, expected) => {
  expect(studentTPValue(t, freedom)).toBeCloseTo(expected, 12);
});
