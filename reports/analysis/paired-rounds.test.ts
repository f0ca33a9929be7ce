import { expect, test } from 'vitest';
import type { MetricName } from '../../bench/model/metric.ts';
import { commonRounds, type PairedRounds, pairRounds } from './paired-rounds.ts';
import { poolLatencies } from './pooled-latencies.ts';
import { baselineCase, bridgeCase, recordedCase, type SliceFigures } from './recorded-case.fixture.ts';

function paired(
  baseline: readonly SliceFigures[],
  contender: readonly SliceFigures[],
  metric: MetricName,
): PairedRounds | undefined {
  const [from, to] = [recordedCase(baselineCase, baseline), recordedCase(bridgeCase, contender)];
  return pairRounds(commonRounds(from, to), metric, poolLatencies([from, to]));
}

test('a round is the Hodges–Lehmann estimate of its block differences, of the log ratio and of the difference', () => {
  const pairs = paired(
    [
      { round: 1, block: 1, p50Ns: 60_000 },
      { round: 1, block: 2, p50Ns: 80_000 },
      { round: 1, block: 3, p50Ns: 64_000 },
      { round: 2, block: 1, p50Ns: 50_000 },
    ],
    [
      { round: 1, block: 1, p50Ns: 66_000 },
      { round: 1, block: 2, p50Ns: 96_000 },
      { round: 1, block: 3, p50Ns: 72_000 },
      { round: 2, block: 1, p50Ns: 60_000 },
    ],
    'latency-p50',
  );
  // Ratios 1.1, 1.2, 1.125: the middle two of six geometric means are 1.125 and √(1.1 × 1.2).
  // Differences 6, 16, 8 µs: the middle two of six means are 8 and 11.
  expect(pairs?.logRatios[0]).toBeCloseTo((Math.log(1.125) + Math.log(1.1 * 1.2) / 2) / 2, 12);
  expect(pairs?.logRatios[1]).toBeCloseTo(Math.log(1.2), 12);
  expect(pairs?.differences[0]).toBeCloseTo(9.5e-6, 12);
  expect(pairs?.differences[1]).toBeCloseTo(10e-6, 12);
  expect(pairs?.baselineValue).toBeCloseTo(57e-6, 12);
  expect(pairs?.contenderValue).toBeCloseTo(66e-6, 12);
});

test('bursts that slow down two of seven slices on either side leave a round where it was', () => {
  const slices = (p50Ns: number, disturbed: readonly number[]): SliceFigures[] =>
    [1, 2, 3, 4, 5, 6, 7].map((block) => ({
      round: 1,
      block,
      p50Ns: (disturbed.includes(block) ? 1.5 : 1) * (p50Ns + 10 * block),
    }));
  const calm = paired(slices(60_000, []), slices(66_000, []), 'latency-p50');
  const disturbed = paired(slices(60_000, [2, 5]), slices(66_000, [3, 5]), 'latency-p50');
  expect(calm?.logRatios[0]).toBeCloseTo(Math.log(1.1), 3);
  expect(disturbed?.logRatios[0]).toBeCloseTo(Math.log(1.1), 3);
});

test('only blocks in which both completed count, and rounds without such a block are not there', () => {
  const pairs = paired(
    [
      { round: 1, block: 1, p50Ns: 60_000 },
      { round: 1, block: 2, p50Ns: 1_000_000 },
      { round: 2, block: 1, p50Ns: 60_000 },
      { round: 4, block: 1, p50Ns: 60_000 },
    ],
    [
      { round: 1, block: 1, p50Ns: 66_000 },
      { round: 1, block: 3, p50Ns: 5_000_000 },
      { round: 3, block: 1, p50Ns: 66_000 },
      { round: 4, block: 2, p50Ns: 66_000 },
    ],
    'latency-p50',
  );
  expect(pairs?.logRatios.map((it) => it.toFixed(6))).toEqual([Math.log(1.1).toFixed(6)]);
  expect(paired([{ round: 1, block: 1 }], [{ round: 2, block: 1 }], 'throughput')).toBeUndefined();
});

test('throughput is responses over the window, CPU per request the busy time over all responses', () => {
  const from = [{ round: 1, block: 1, requests: 10_000, wallSeconds: 0.5, machineBusySeconds: 0.2 }];
  const to = [{ round: 1, block: 1, requests: 8_000, wallSeconds: 0.4, machineBusySeconds: 0.24 }];
  expect(paired(from, to, 'throughput')).toMatchObject({ baselineValue: 20_000, contenderValue: 20_000 });
  const cpu = paired(from, to, 'cpu-per-request');
  expect(cpu?.baselineValue).toBeCloseTo(20e-6, 15);
  expect(cpu?.contenderValue).toBeCloseTo(30e-6, 15);
});

test('the throughput of a round is the Hodges–Lehmann estimate over all of its turns', () => {
  const from = [
    { round: 1, block: 1, turnRates: [100, 200] },
    { round: 1, block: 2, turnRates: [50] },
  ];
  const to = [
    { round: 1, block: 1, turnRates: [110, 240] },
    { round: 1, block: 2, turnRates: [56.25] },
  ];
  const pairs = paired(from, to, 'throughput');
  // The middle two of six geometric means of 1.1, 1.2 and 1.125.
  expect(pairs?.logRatios[0]).toBeCloseTo((Math.log(1.125) + Math.log(1.1 * 1.2) / 2) / 2, 12);
  // As whole slices those of this fixture are all the same.
  expect(pairs?.rounds[0]).toMatchObject({ wholeLogRatio: 0, difference: 0 });
});

test('two turns of seven that something slowed down on either side leave a round where it was', () => {
  const rates = (rate: number, disturbed: readonly number[]): SliceFigures[] => [
    {
      round: 1,
      block: 1,
      turnRates: [1, 2, 3, 4, 5, 6, 7].map((turn) => (disturbed.includes(turn) ? 0.6 : 1) * (rate + turn)),
    },
  ];
  const pairs = paired(rates(40_000, [2, 5]), rates(30_000, [3, 5]), 'throughput');
  expect(pairs?.logRatios[0]).toBeCloseTo(Math.log(0.75), 3);
});

test('a round is compared by slices if any of its turns has no counterpart, or had no response', () => {
  const both = [1, 2].map((block) => ({
    round: 1,
    block,
    requests: 1_000,
    wallSeconds: 0.5,
    turnRates: [8, 8, 8],
  }));
  const more = both.map((it) => ({ ...it, requests: 1_200, turnRates: [9, 9, 9] }));
  expect(paired(both, more, 'throughput')?.logRatios[0]).toBeCloseTo(Math.log(9 / 8), 12);
  const [first, second] = both;
  if (first === undefined || second === undefined) throw new Error('two blocks');
  const { turnRates: _, ...noTurns } = second;
  for (const other of [noTurns, { ...noTurns, turnRates: [8, 8] }, { ...noTurns, turnRates: [0, 8, 8] }]) {
    const pairs = paired([first, other], more, 'throughput');
    expect(pairs?.logRatios[0]).toBeCloseTo(Math.log(1.2), 12);
    expect(pairs?.rounds[0]).not.toHaveProperty('wholeLogRatio');
  }
});

test('latencies do not look at turns', () => {
  const from = [{ round: 1, block: 1, p50Ns: 60_000, turnRates: [1, 1] }];
  const to = [{ round: 1, block: 1, p50Ns: 66_000, turnRates: [9, 9] }];
  expect(paired(from, to, 'latency-p50')?.logRatios[0]).toBeCloseTo(Math.log(1.1), 12);
});

test('a slice without CPU figures, or without a single tick of CPU time, gives no CPU per request', () => {
  const one = { round: 1, block: 1 };
  expect(paired([one], [{ ...one, machineBusySeconds: 0.1 }], 'cpu-per-request')).toBeUndefined();
  expect(
    paired([{ ...one, machineBusySeconds: 0 }], [{ ...one, machineBusySeconds: 0.1 }], 'cpu-per-request'),
  ).toBeUndefined();
});

test('p99 needs 10,000 responses in every round of both, counted over the paired blocks', () => {
  const rounds = (requests: number): SliceFigures[] => [
    { round: 1, block: 1, requests: 5_000 },
    { round: 1, block: 2, requests: 5_000 },
    { round: 2, block: 1, requests },
  ];
  expect(paired(rounds(10_000), rounds(10_000), 'latency-p99')?.logRatios).toEqual([0, 0]);
  expect(paired(rounds(10_000), rounds(9_999), 'latency-p99')).toBeUndefined();
  expect(paired(rounds(10_000), rounds(10_000), 'latency-p99.9')).toBeUndefined();
});

test('p99.9 needs 100,000 responses in every round of both', () => {
  const rounds = (requests: number): SliceFigures[] => [
    { round: 1, block: 1, requests: 60_000 },
    { round: 1, block: 2, requests: 60_000 },
    { round: 2, block: 1, requests },
  ];
  expect(paired(rounds(100_000), rounds(100_000), 'latency-p99.9')?.logRatios).toEqual([0, 0]);
  expect(paired(rounds(99_999), rounds(100_000), 'latency-p99.9')).toBeUndefined();
  expect(paired(rounds(100_000), rounds(99_999), 'latency-p99')?.logRatios).toEqual([0, 0]);
});
