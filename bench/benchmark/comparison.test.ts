import fc from 'fast-check';
import { expect, test } from 'vitest';
import { compare, interleaved } from './comparison.ts';
import { spreadOf } from './spread.ts';

test('every round has every contender at every number of connections once', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 20 }), fc.integer(), (rounds, seed) => {
      const order = interleaved(rounds, [1, 32], seed);
      expect(order).toHaveLength(rounds);
      for (const turns of order) {
        expect(turns.map((turn) => `${turn.contender} ${turn.connections}`).toSorted()).toEqual([
          'agent 1',
          'agent 32',
          'autocannon 1',
          'autocannon 32',
        ]);
      }
      expect(interleaved(rounds, [1, 32], seed)).toEqual(order);
    }),
  );
});

test('the order changes from round to round', () => {
  expect(new Set(interleaved(20, [1, 32], 7).map((turns) => JSON.stringify(turns))).size).toBeGreaterThan(5);
});

test('the ratio is taken within a round, so that drift between rounds cancels', () => {
  const results = [1, 10, 100].flatMap((drift, round) => {
    const common = { connections: 1, round, cpuSecondsPerRequest: 2e-5 * drift };
    return [
      { ...common, contender: 'agent' as const, requestsPerSecond: 96 * drift },
      { ...common, contender: 'autocannon' as const, requestsPerSecond: 100 * drift },
      { ...common, contender: 'agent' as const, requestsPerSecond: 5, connections: 32 },
    ];
  });
  const throughput = compare(results, 'requestsPerSecond', 1);
  expect(throughput.ratio).toEqual({ low: 0.96, median: 0.96, high: 0.96 });
  expect(throughput.agent.median).toBe(960);
  expect(throughput.autocannon.median).toBe(1000);
  expect(compare(results, 'cpuSecondsPerRequest', 1).ratio.median).toBe(1);
});

test('quartiles are interpolated between ranks', () => {
  expect(spreadOf([4, 1, 3, 2])).toEqual({ low: 1.75, median: 2.5, high: 3.25 });
  expect(spreadOf([7])).toEqual({ low: 7, median: 7, high: 7 });
  expect(spreadOf([]).median).toBeNaN();
});
