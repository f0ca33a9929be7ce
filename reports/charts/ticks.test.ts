import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { linearAxis, logAxis, ratioAxis, tickLabels } from './ticks.ts';

const ends = fc
  .tuple(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), fc.double({ min: 1, max: 1e4, noNaN: true }))
  .map(([low, factor]) => [low, low * factor] as const);

test('a logarithmic axis holds its data, and its ticks are few, ordered and inside', () => {
  fc.assert(
    fc.property(ends, ([low, high]) => {
      const { domain, ticks } = logAxis(low, high);
      expect(domain[0]).toBeLessThanOrEqual(low);
      expect(domain[1]).toBeGreaterThanOrEqual(high);
      expect(domain[1]).toBeGreaterThan(domain[0]);
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(10);
      expect([...ticks].sort((a, b) => a - b)).toEqual(ticks);
      expect(ticks.every((it) => it >= domain[0] && it <= domain[1])).toBe(true);
    }),
  );
});

test('a linear axis holds its data with a handful of ticks at its ends and between', () => {
  fc.assert(
    fc.property(ends, ([low, high]) => {
      const { domain, ticks } = linearAxis(low, high);
      expect(domain[0]).toBeLessThanOrEqual(low * (1 + 1e-9));
      expect(domain[1]).toBeGreaterThanOrEqual(high * (1 - 1e-9));
      expect(ticks.length).toBeGreaterThanOrEqual(2);
      expect(ticks.length).toBeLessThanOrEqual(8);
    }),
  );
});

test('data that are all but equal get an axis of their own size', () => {
  for (const high of [1e6, 1e6 + 1e-9, 1e6 * (1 + Number.EPSILON)]) {
    const { domain, ticks } = linearAxis(1e6, high);
    expect(domain[0]).toBeLessThanOrEqual(1e6);
    expect(domain[1]).toBeGreaterThanOrEqual(high);
    expect(ticks.length).toBeLessThanOrEqual(8);
  }
});

test('a ratio axis always holds and marks 1', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.05, max: 20, noNaN: true }),
      fc.double({ min: 1, max: 20, noNaN: true }),
      (low, factor) => {
        const { domain, ticks } = ratioAxis(low, low * factor, 0.15);
        expect(domain[0]).toBeLessThan(Math.min(low, 1));
        expect(domain[1]).toBeGreaterThan(Math.max(low * factor, 1));
        expect(ticks).toContain(1);
        for (const [index, tick] of ticks.slice(1).entries()) {
          const share = Math.log(tick / (ticks[index] ?? tick)) / Math.log(domain[1] / domain[0]);
          expect(share).toBeGreaterThan(0.15 - 1e-9);
        }
        expect(ticks.every((it) => it > 0 && it >= domain[0] - 1e-6 && it <= domain[1] + 1e-6)).toBe(true);
      },
    ),
  );
});

test('readable values, as on paper', () => {
  expect(logAxis(61, 170)).toMatchObject({
    domain: [60, 180],
    ticks: [60, 70, 80, 90, 100, 120, 140, 160, 180],
  });
  expect(linearAxis(18.9, 26.7)).toMatchObject({ domain: [18, 28], ticks: [18, 20, 22, 24, 26, 28] });
  expect(ratioAxis(0.82, 1.27, 0.15).ticks).toEqual([0.9, 1, 1.1, 1.2]);
});

test('labels of ticks have separated thousands, and only the decimals that they need', () => {
  expect(tickLabels([0.5, 2, 20_000])).toBe('({"2":"2","20000":"20,000","0.5":"0.5"})[datum.value]');
  expect(tickLabels([2], (it) => `${it} %`)).toBe('({"2":"2 %"})[datum.value]');
});
