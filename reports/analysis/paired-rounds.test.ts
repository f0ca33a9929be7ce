import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { expect, test } from 'vitest';
import type { MetricName } from '../../bench/model/metric.ts';
import { rememberedCumulative, signedRank, signedRankInterval } from '../statistics/signed-rank.ts';
import { type PairedRounds, pairRounds } from './paired-rounds.ts';
import { poolLatencies } from './pooled-latencies.ts';
import { baselineCase, bridgeCase, recordedCase, type SliceFigures } from './recorded-case.fixture.ts';

function paired(
  baseline: readonly SliceFigures[],
  contender: readonly SliceFigures[],
  metric: MetricName,
): PairedRounds | undefined {
  const [from, to] = [recordedCase(baselineCase, baseline), recordedCase(bridgeCase, contender)];
  return pairRounds(from, to, metric, poolLatencies([from, to]));
}

test('a round is the median over all pairs of its slices, of the log ratio and of the difference', () => {
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
  // 66/80 72/80 66/64 66/60 | 72/64 | 72/60 96/80 96/64 96/60, and −14 −8 2 6 | 8 | 12 16 32 36 µs.
  expect(pairs?.logRatios[0]).toBeCloseTo(Math.log(72 / 64), 12);
  expect(pairs?.logRatios[1]).toBeCloseTo(Math.log(1.2), 12);
  expect(pairs?.differences[0]).toBeCloseTo(8e-6, 12);
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

/**
 * Two identical cases on a machine whose speed walks by several times the slice noise: 8 rounds of 4 blocks
 * in random order. What the pairing leaves of the drift must not be called a difference more often than the
 * interval's level says (METHOD section 9: at most 6 %).
 */
test('drift is not reported as a difference', () => {
  const rng = xoroshiro128plus(42);
  const uniform = () => uniformFloat64(rng);
  const cumulativeOf = rememberedCumulative();
  const trials = 2_000;
  let alarms = 0;
  for (let trial = 0; trial < trials; trial++) {
    let drift = 0;
    const baseline: SliceFigures[] = [];
    const contender: SliceFigures[] = [];
    for (let round = 1; round <= 8; round++) {
      for (let block = 1; block <= 4; block++) {
        const order = uniform() < 0.5 ? [baseline, contender] : [contender, baseline];
        for (const figures of order) {
          drift += 0.05 * (uniform() - 0.45);
          figures.push({ round, block, p50Ns: 62_000 * Math.exp(drift + 0.01 * (uniform() - 0.5)) });
        }
      }
    }
    const [from, to] = [recordedCase(baselineCase, baseline), recordedCase(bridgeCase, contender)];
    const pairs = pairRounds(from, to, 'latency-p50', { distributions: [], quantiles: unused });
    if (pairs === undefined) throw new Error('no pairs');
    const { low, high } = signedRankInterval(signedRank(pairs.logRatios, cumulativeOf), 0.95);
    if (low > 0 || high < 0) alarms++;
  }
  expect(alarms / trials).toBeLessThanOrEqual(0.06);
  // An analysis that never says "different" would pass the line above: the level is 3.9 % with 8 rounds.
  expect(alarms / trials).toBeGreaterThan(0.02);
});

function unused(): never {
  throw new Error('a median needs no pool');
}
