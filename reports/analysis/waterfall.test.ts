import { expect, test } from 'vitest';
import { waterfallPaths } from '../../bench/model/waterfall.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';

/** What each path takes, as a multiple of host mode's 62 µs. */
const slowdowns: Readonly<Record<string, number>> = {
  'native/host': 0.95,
  'host/host': 1,
  'bridge/host/container': 1.1,
  'bridge/host/published': 1.15,
  'bridge/host/loopback': 2,
};
const hostSeconds = 62e-6;

function stepsOf(paths: readonly string[]) {
  const contenders = paths.filter((path) => path !== 'host/host');
  const effects = Object.fromEntries(
    Object.entries(slowdowns).map(([path, slowdown]) => [path, { slowdown, cpu: slowdown }]),
  );
  const recorded = syntheticRun({
    seed: 3,
    rounds: 10,
    servers: ['nginx'],
    profiles: ['latency'],
    comparisons: [{ baseline: 'host/host', contenders }],
    effects,
  });
  return buildReportModel(recorded).summary.steps;
}

test('each step is what its layer adds to the one before it, in time and in CPU time', () => {
  const steps = stepsOf(waterfallPaths) ?? [];
  const times = steps.filter((step) => step.metric === 'latency-p50');
  expect(times.map(({ from, to }) => [from, to])).toEqual([
    ['native/host', 'host/host'],
    ['host/host', 'bridge/host/container'],
    ['bridge/host/container', 'bridge/host/published'],
    ['bridge/host/published', 'bridge/host/loopback'],
  ]);
  for (const { from, to, difference, ratio } of times) {
    const truth = ((slowdowns[to] ?? 0) - (slowdowns[from] ?? 0)) * hostSeconds;
    expect(difference.low).toBeLessThan(difference.value);
    expect(difference.high).toBeGreaterThan(difference.value);
    expect(Math.abs(difference.value - truth)).toBeLessThan(0.02 * hostSeconds);
    expect(ratio).toBeCloseTo((slowdowns[to] ?? 0) / (slowdowns[from] ?? 1), 1);
  }
  expect(steps.filter((step) => step.metric === 'cpu-per-request')).toHaveLength(4);
});

test('a layer that was not measured is stepped over; where fewer than two were, nothing is said', () => {
  const without = stepsOf(waterfallPaths.filter((path) => path !== 'bridge/host/container'));
  expect(
    without?.filter((step) => step.metric === 'latency-p50').map(({ from, to }) => `${from} ${to}`),
  ).toEqual([
    'native/host host/host',
    'host/host bridge/host/published',
    'bridge/host/published bridge/host/loopback',
  ]);
  expect(stepsOf(['host/host'])).toBeUndefined();
});
