import { expect, test } from 'vitest';
import { burstsOf } from './bursts.ts';
import { statisticsAt } from './estimate.ts';
import { commonRounds, type PairedRound, pairRounds } from './paired-rounds.ts';
import { poolLatencies } from './pooled-latencies.ts';
import { baselineCase, bridgeCase, recordedCase, type SliceFigures } from './recorded-case.fixture.ts';

const at95 = statisticsAt(0.95);
const turns = [0, 1, 2, 3, 4, 5, 6, 7];

/** Ten rounds of four slices of eight turns; `rate` says how fast a turn was, and the slice is their mean. */
function rounds(rate: (turn: number, slice: number) => number): SliceFigures[] {
  return Array.from({ length: 40 }, (_, slice) => {
    const turnRates = turns.map((turn) => rate(turn, slice));
    const requests = Math.round(turnRates.reduce((sum, it) => sum + it, 0));
    return { round: 1 + (slice >> 2), block: 1 + (slice % 4), requests, wallSeconds: 8, turnRates };
  });
}

function paired(
  baseline: readonly SliceFigures[],
  contender: readonly SliceFigures[],
): readonly PairedRound[] {
  const [from, to] = [recordedCase(baselineCase, baseline), recordedCase(bridgeCase, contender)];
  return pairRounds(commonRounds(from, to), 'throughput', poolLatencies([from, to]))?.rounds ?? [];
}

/** Something like noise, that is the same in every run of the test. */
const wobble = (turn: number, slice: number) => 1 + 0.02 * Math.sin(7 * turn + 13 * slice);
const steady = rounds((turn, slice) => 40_000 * wobble(turn, slice));

test('a contender that stands still in one turn of eight is slower by all its responses than by its turns', () => {
  const bursty = rounds((turn, slice) => (turn === slice % 8 ? 100 : 30_000) * wobble(turn + 3, slice));
  const bursts = burstsOf(paired(steady, bursty), at95);
  expect(bursts?.turns).toBeCloseTo(0.75, 1);
  expect(bursts?.whole).toBeCloseTo((0.75 * 7) / 8, 1);
  expect(bursts?.whole).toBeLessThan((bursts?.turns ?? 0) * 0.95);
});

test('a contender that is slower all the time has none, nor what disturbs both sides alike', () => {
  const slower = rounds((turn, slice) => 30_000 * wobble(turn + 3, slice));
  expect(burstsOf(paired(steady, slower), at95)).toBeUndefined();
  const disturbed = (rate: number, first: number) =>
    rounds((turn, slice) => (turn === (slice + first) % 8 ? 0.5 : 1) * rate * wobble(turn, slice));
  expect(burstsOf(paired(disturbed(40_000, 0), disturbed(30_000, 5)), at95)).toBeUndefined();
});

test('nothing is said of too few rounds, nor of slices without turns', () => {
  const bursty = rounds((turn) => (turn === 0 ? 100 : 30_000));
  const all = paired(steady, bursty);
  expect(burstsOf(all, at95)).toBeDefined();
  expect(burstsOf(all.slice(0, 5), at95)).toBeUndefined();
  expect(burstsOf(paired([{ round: 1, block: 1 }], [{ round: 1, block: 1 }]), at95)).toBeUndefined();
});
