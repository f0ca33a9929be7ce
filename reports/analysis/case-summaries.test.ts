import { expect, test } from 'vitest';
import { caseSummary } from './case-summaries.ts';
import { commonRounds, pairRounds } from './paired-rounds.ts';
import { poolLatencies } from './pooled-latencies.ts';
import { baselineCase, bridgeCase, recordedCase, type SliceFigures } from './recorded-case.fixture.ts';

/** Three rounds of three slices, one of which a burst has slowed down. */
const figures: readonly SliceFigures[] = [1, 2, 3].flatMap((round) =>
  [60_000, 62_000, 90_000].map((p50Ns, index) => ({ round, block: index + 1, p50Ns: p50Ns + round * 1_000 })),
);

test("a case's value on its own is the one that stands beside its overhead", () => {
  const [baseline, bridge] = [recordedCase(baselineCase, figures), recordedCase(bridgeCase, figures)];
  const latencies = poolLatencies([baseline, bridge]);
  const paired = pairRounds(commonRounds(baseline, bridge), 'latency-p50', latencies);
  const { values } = caseSummary(bridge, latencies);
  expect(values['latency-p50']).toBeCloseTo(64e-6, 12);
  expect(values['latency-p50']).toBe(paired?.contenderValue);
});

test('a metric for which some round holds too few responses is absent, not 0', () => {
  const recorded = recordedCase(bridgeCase, figures);
  const { values, slices, requests } = caseSummary(recorded, poolLatencies([recorded]));
  expect(Object.keys(values)).not.toContain('latency-p99');
  expect(slices).toEqual({ completed: 9, invalid: 0, failed: 0, clientBound: 0 });
  expect(requests).toBe(9_000);
});
