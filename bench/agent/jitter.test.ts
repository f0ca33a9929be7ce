import { expect, test } from 'vitest';
import { jitter } from './jitter.ts';

/** A clock whose looks are these milliseconds apart, and then 0.0001. */
function clockOf(gaps: readonly number[]): () => number {
  let now = 1_000;
  let look = 0;
  return () => {
    // The first look is the start.
    now += look === 0 ? 0 : (gaps[look - 1] ?? 0.0001);
    look++;
    return now;
  };
}

test('gaps of a microsecond and more are counted by their length, with two digits', () => {
  const { wallSeconds, gaps } = jitter(0.02, clockOf([0.0005, 0.0123, 4.04, 0.0123, 0.0009, 12]));
  expect(wallSeconds).toBeGreaterThanOrEqual(0.02);
  expect(wallSeconds).toBeLessThan(0.0201);
  expect(gaps).toEqual([
    { us: 12, count: 2 },
    { us: 4_000, count: 1 },
    { us: 12_000, count: 1 },
  ]);
});

test('a gap at the end is counted whole', () => {
  expect(jitter(0.01, clockOf([50]))).toEqual({ wallSeconds: 0.05, gaps: [{ us: 50_000, count: 1 }] });
});
