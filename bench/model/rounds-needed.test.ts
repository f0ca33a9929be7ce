import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { roundsNeeded } from './rounds-needed.ts';

test.each([
  [0.5, 1, 2],
  [0.9, 1, 5],
  [0.95, 1, 6],
  [0.95, 2, 7],
  [0.95, 3, 7],
  [0.95, 4, 8],
  [0.99, 1, 8],
  [0.99, 0, 8],
])('a level of %s over %i comparisons needs %i rounds', (confidence, comparisons, rounds) => {
  expect(roundsNeeded(confidence, comparisons)).toBe(rounds);
});

test('they are the fewest whose smallest two-sided p, 2/2ⁿ, reaches the level', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.5, max: 0.999999, noNaN: true }),
      fc.integer({ min: 1, max: 9 }),
      (at, of) => {
        const level = (1 - at) / of;
        const n = roundsNeeded(at, of);
        expect(2 / 2 ** n).toBeLessThanOrEqual(level * (1 + 1e-9));
        if (n > 1) expect(2 / 2 ** (n - 1)).toBeGreaterThan(level);
      },
    ),
    { seed: 2 },
  );
});
