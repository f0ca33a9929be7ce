import fc from 'fast-check';
import { expect, test } from 'vitest';
import { figureOf, interleaved, ratioTo } from './comparison.ts';
import { spreadOf } from './spread.ts';

const contenders = ['agent', 'autocannon', 'wrk'] as const;

test('every round has every contender at every number of connections once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer(), (rounds, seed) => {
      const order = interleaved(rounds, contenders, [1, 32], seed);
      expect(order).toHaveLength(rounds);
      for (const turns of order) {
        expect(turns.map((turn) => `${turn.contender} ${turn.connections}`).toSorted()).toEqual([
          'agent 1',
          'agent 32',
          'autocannon 1',
          'autocannon 32',
          'wrk 1',
          'wrk 32',
        ]);
      }
      expect(interleaved(rounds, contenders, [1, 32], seed)).toEqual(order);
    }),
  );
});

test('the order changes from round to round', () => {
  const orders = interleaved(20, contenders, [1, 32], 7).map((turns) => JSON.stringify(turns));
  expect(new Set(orders).size).toBeGreaterThan(5);
});

test('the ratio is taken within a round, so that drift between rounds cancels', () => {
  const results = [1, 10, 100].flatMap((drift, round) => {
    const common = { connections: 1, round, cpuUsPerRequest: 20 * drift };
    return [
      { ...common, contender: 'agent' as const, requestsPerSecond: 96 * drift, medianUs: 30 },
      { ...common, contender: 'autocannon' as const, requestsPerSecond: 100 * drift },
      { ...common, contender: 'agent' as const, requestsPerSecond: 5, connections: 32 },
    ];
  });
  const autocannon = { contender: 'autocannon', connections: 1 } as const;
  expect(ratioTo(results, autocannon, 'requestsPerSecond')).toEqual({ low: 0.96, median: 0.96, high: 0.96 });
  expect(ratioTo(results, autocannon, 'cpuUsPerRequest').median).toBe(1);
  expect(ratioTo(results, autocannon, 'medianUs').median).toBeNaN();
  expect(figureOf(results, autocannon, 'requestsPerSecond').median).toBe(1000);
  expect(figureOf(results, { contender: 'agent', connections: 1 }, 'requestsPerSecond').median).toBe(960);
});

test('quartiles are interpolated between ranks', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ low: 1.75, median: 2.5, high: 3.25 });
  expect(spreadOf([7])).toEqual({ low: 7, median: 7, high: 7 });
  expect(spreadOf([]).median).toBeNaN();
});
