import { expect, test } from 'vitest';
import type { MetricName } from '../../bench/model/metric.ts';
import { metricNames } from '../../bench/model/metric.ts';
import type { Slice } from '../../bench/model/slice.ts';
import { metricValue } from './metric-values.ts';
import { baselineCase, completedSlice, groupOf, type SliceFigures } from './recorded-case.fixture.ts';

/** The figures of the first round of slices of the baseline. */
function figuresOf(profile: 'latency' | 'throughput', slices: readonly Omit<SliceFigures, 'round'>[]) {
  const recorded = slices.map(
    (it): Slice => completedSlice({ ...baselineCase, profile }, { ...it, round: 1 }),
  );
  const { baseline } = groupOf(recorded);
  const [round] = baseline.rounds;
  if (round === undefined) throw new Error('no round');
  const values = Object.fromEntries(metricNames.map((name) => [name, metricValue(round, name)]));
  return { round, baseline, values: values as Record<MetricName, number | undefined> };
}

/*
 * Two blocks of unequal length, so that a mean of their rates is not the rate of both:
 *   9,000 requests in 0.5 s and 36,000 in 1.5 s: 45,000 / 2 s = 22,500 (the mean of the rates is 21,000)
 *   server 0.4 s and 1.4 s over 10,000 and 40,000 requests under load: 1.8 s / 50,000 = 36 µs
 *   docker-proxy 0.1 s and 0.2 s: 6 µs; agent 0.2 s and 0.7 s: 18 µs
 */
const two = [
  {
    ...{ block: 1, requests: 9_000, wallSeconds: 0.5 },
    cpu: { requests: 10_000, serverSeconds: 0.4, proxySeconds: 0.1, agentSeconds: 0.2 },
  },
  {
    ...{ block: 2, requests: 36_000, wallSeconds: 1.5 },
    cpu: { requests: 40_000, serverSeconds: 1.4, proxySeconds: 0.2, agentSeconds: 0.7 },
  },
];

test('a figure is computed from totals over the blocks, not from figures of the blocks', () => {
  const { values, round } = figuresOf('throughput', two);
  expect(values.throughput_rps).toBe(22_500);
  expect(values.cpu_server_us).toBeCloseTo(42, 10);
  expect(values.cpu_agent_us).toBeCloseTo(18, 10);
  expect(values.cpu_total_us).toBeCloseTo(60, 10);
  expect(round).toMatchObject({ responses: 45_000, wallSeconds: 2, blocks: [1, 2] });
});

test("the server's side of a round is unread where a block's is; the agent's is not", () => {
  const [first, second] = two.map((it) =>
    completedSlice({ ...baselineCase, profile: 'throughput' }, { ...it, round: 1 }),
  );
  if (first === undefined || second === undefined) throw new Error('two slices');
  const { serverSeconds: _, ...unread } = second.cpu;
  const [round] = groupOf([first, { ...second, cpu: unread }]).baseline.rounds;
  if (round === undefined) throw new Error('no round');
  expect(metricValue(round, 'cpu_server_us')).toBeUndefined();
  expect(metricValue(round, 'cpu_total_us')).toBeUndefined();
  expect(metricValue(round, 'cpu_agent_us')).toBeCloseTo(18, 10);
});

test('latencies are pooled: the median of 300 short and 700 long ones is long, whatever block they are in', () => {
  const { values, baseline } = figuresOf('latency', [
    { block: 1, requests: 300, latencyUs: 40 },
    { block: 2, requests: 700, latencyUs: 80 },
  ]);
  // Three significant digits: 80 µs lies in the bucket that ends at 80.063 µs.
  expect(values.latency_p50_us).toBeCloseTo(80, 0);
  expect(baseline.distribution?.responses).toBe(1_000);
});

test('a profile that answers nothing about latency pools none', () => {
  const { values, baseline } = figuresOf('throughput', two);
  expect(values.latency_p50_us).toBeUndefined();
  expect(baseline.distribution).toBeUndefined();
});

test('what is 0 has no logarithm, and so is no figure', () => {
  const { values } = figuresOf('throughput', [{ block: 1, cpu: { serverSeconds: 0, agentSeconds: 0.1 } }]);
  expect(values.cpu_server_us).toBeUndefined();
  expect(values.cpu_agent_us).toBe(100);
});
