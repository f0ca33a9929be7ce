import { expect, test } from 'vitest';
import type { Slice } from '../../bench/model/slice.ts';
import { bridgePath, syntheticRun } from '../synthetic-run.fixture.ts';
import { analyse } from './analyse.ts';
import { statisticsOf } from './estimate.ts';
import { baselineCase, bridgeCase, completedSlice, groupOf, invalid } from './recorded-case.fixture.ts';
import { sliceStarts } from './slice-starts.ts';
import { summarise } from './summarise.ts';

const statistics = statisticsOf({ confidence: 0.95 });
const steady = [100, 100, 100, 100, 100, 100];

/** Rounds of one block: host's turns are alike, bridge's are these; noise keeps the rounds apart. */
function startsOf(bridge: readonly number[], host: readonly number[] = steady, rounds = 8) {
  const slices = Array.from({ length: rounds }, (_, index): readonly Slice[] => {
    const at = { round: index + 1, block: 1 };
    const wobble = 1 + 0.001 * index;
    const rates = bridge.map((rate, turn) => (turn < 2 ? rate * wobble : rate));
    return [
      completedSlice(baselineCase, { ...at, turnRates: host }),
      completedSlice(bridgeCase, { ...at, turnRates: rates }),
    ];
  }).flat();
  return sliceStarts([groupOf(slices)], statistics).filter(({ path }) => path === bridgePath);
}

test('a path whose first two turns are slower than its others, where the baseline’s are not, is told', () => {
  const [start] = startsOf([90, 90, 100, 100, 100, 100]);
  // 90/100, and up to 0.7 % above it: the median of that is 0.35 %.
  expect(start?.ratio).toBeCloseTo(0.9 * 1.0035, 4);
  expect(start).toMatchObject({ rounds: 8, differs: true, pValue: 2 / 2 ** 8 });
  expect(start?.ratioLow).toBeGreaterThan(0.9);
  expect(start?.ratioHigh).toBeLessThan(0.91);
});

test('what both paths do at the beginning cancels: the ratio between them is the same', () => {
  const [start] = startsOf([70, 100, 100, 100, 100, 100], [70, 100, 100, 100, 100, 100]);
  expect(start?.ratio).toBeCloseTo(1.0035, 4);
});

test('with fewer than four turns, or none, there is nothing to compare', () => {
  expect(startsOf([90, 90, 100], [100, 100, 100])).toEqual([]);
  const slice = completedSlice(baselineCase, { round: 1, block: 1 });
  const other = completedSlice(bridgeCase, { round: 1, block: 1 });
  expect(sliceStarts([groupOf([slice, other])], statistics)).toEqual([]);
});

test('a round in which one of them has a fault is left out', () => {
  const slices = [1, 2, 3].flatMap((round): readonly Slice[] => {
    const at = { round, block: 1, turnRates: steady };
    const bridge = completedSlice(bridgeCase, at);
    return [completedSlice(baselineCase, at), round === 2 ? invalid(bridge, 'faults', '1 timeout') : bridge];
  });
  expect(sliceStarts([groupOf(slices)], statistics)).toMatchObject([{ rounds: 2, differs: false }]);
});

test('closed loops are compared, and a steady one of them raises no alarm in the report', () => {
  const recorded = syntheticRun({ seed: 4, rounds: 8, blocks: 2 });
  const { sliceStarts: starts, warnings } = summarise(recorded, analyse(recorded));
  expect(starts.map(({ server, profile }) => `${server} ${profile}`)).toEqual([
    ...['nginx latency', 'nginx latency', 'nginx throughput', 'nginx throughput'],
    ...['apache latency', 'apache latency', 'apache throughput', 'apache throughput'],
  ]);
  expect(warnings.map(({ code }) => code)).not.toContain('unsteady-start');
});
