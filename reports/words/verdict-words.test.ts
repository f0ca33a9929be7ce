import { expect, test } from 'vitest';
import type { MetricName } from '../../bench/model/metric.ts';
import type { Overhead, Verdict } from '../../bench/model/summary.ts';
import { verdictLabel } from './verdict-words.ts';

const of = (metric: MetricName, verdict: Verdict | undefined, low: number, high: number): Overhead => ({
  server: 'nginx',
  profile: 'latency',
  path: 'bridge/external/published',
  baseline: 'host/external',
  declared: true,
  metric,
  ...(verdict === undefined ? {} : { verdict }),
  baselineValue: 100,
  contenderValue: 100,
  ratio: (low + high) / 2,
  ratioLow: low,
  ratioHigh: high,
  confidence: 0.95,
  difference: 0,
  differenceLow: 0,
  differenceHigh: 0,
  rounds: 10,
  pValue: 0.001,
});

test.each([
  ['latency_p50_us', 'slower', 1.1, 1.2, 'slower'],
  ['latency_p50_us', 'slower', 1.01, 1.05, 'slower, maybe slightly'],
  ['latency_p50_us', 'faster', 0.8, 0.9, 'faster'],
  ['cpu_server_us', 'slower', 1.1, 1.2, 'more CPU'],
  ['cpu_server_us', 'faster', 0.95, 0.99, 'less CPU, maybe slightly'],
  ['throughput_rps', 'slower', 0.8, 0.9, 'less capacity'],
  ['throughput_rps', 'faster', 1.1, 1.2, 'more capacity'],
  ['throughput_rps', undefined, 0.8, 0.9, 'not measured'],
  ['latency_p50_us', 'equivalent', 0.99, 1.01, 'equal'],
  ['latency_p50_us', 'open', 0.9, 1.1, 'open'],
  ['latency_p50_us', 'untrusted', 1.1, 1.2, 'do not use'],
] as const)('%s %s [%f, %f] is told as: %s', (metric, verdict, low, high, words) => {
  expect(verdictLabel(of(metric, verdict, low, high))).toBe(words);
});

test('a figure that was not named before the run is told no verdict', () => {
  expect(verdictLabel({ ...of('latency_p50_us', undefined, 1, 1), declared: false })).toBeUndefined();
});
