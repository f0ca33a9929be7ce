import { expect, test } from 'vitest';
import { jitterOf } from './jitter.ts';

test('a quantile is that of the time: its share is in longer gaps', () => {
  // 20 ms of 2 s in gaps of 10 ms, 2 ms in gaps of 1 ms, 100 ms in gaps of 5 µs.
  const found = jitterOf([
    { wallSeconds: 1, gaps: [{ us: 10_000, count: 2 }] },
    {
      wallSeconds: 1,
      gaps: [
        { us: 5, count: 20_000 },
        { us: 1_000, count: 2 },
      ],
    },
  ]);
  expect(found).toEqual({
    wallSeconds: 2,
    p50Us: 0,
    p90Us: 0,
    p99Us: 1_000,
    p999Us: 10_000,
    longestUs: 10_000,
  });
});

test('a loop that never was held up has no gaps; no loop has no quantiles', () => {
  expect(jitterOf([{ wallSeconds: 1, gaps: [] }])).toMatchObject({ p999Us: 0, longestUs: 0 });
  expect(jitterOf([])).toBeUndefined();
});
