import { expect, test } from 'vitest';
import { waterfallPaths } from '../../bench/model/waterfall.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { buildReportModel } from './build-report-model.ts';

/** What each path takes, as a multiple of host mode's 62 µs and of its 62 µs of CPU a request. */
const factors: Readonly<Record<string, number>> = {
  'native/host': 0.95,
  'host/host': 1,
  'bridge/host/container': 1.1,
  'bridge/host/published': 1.15,
  'bridge/host/loopback': 2,
};
const hostUs = 62;

function stepsOf(paths: readonly string[]) {
  const contenders = paths.filter((path) => path !== 'host/host');
  const effects = Object.fromEntries(
    Object.entries(factors).map(([path, factor]) => [
      path,
      { latency: factor, serverCpu: factor, agentCpu: factor },
    ]),
  );
  const recorded = syntheticRun({
    seed: 3,
    rounds: 10,
    servers: ['nginx'],
    comparisons: [{ baseline: 'host/host', contenders }],
    effects,
  });
  return buildReportModel(recorded).summary.steps;
}

test.each([
  ['latency', 'latency_p50_us'],
  ['steady', 'cpu_total_us'],
] as const)(
  'under the %s profile each step is what its layer adds to the one before it: %s',
  (profile, metric) => {
    const steps = (stepsOf(waterfallPaths) ?? []).filter((step) => step.profile === profile);
    expect(steps.map(({ from, to }) => [from, to])).toEqual([
      ['native/host', 'host/host'],
      ['host/host', 'bridge/host/container'],
      ['bridge/host/container', 'bridge/host/published'],
      ['bridge/host/published', 'bridge/host/loopback'],
    ]);
    for (const step of steps) {
      const { from, to, difference, ratio } = step;
      expect(step.metric).toBe(metric);
      const truth = ((factors[to] ?? 0) - (factors[from] ?? 0)) * hostUs;
      expect(step.differenceLow).toBeLessThan(difference);
      expect(step.differenceHigh).toBeGreaterThan(difference);
      expect(Math.abs(difference - truth)).toBeLessThan(0.03 * hostUs);
      expect(ratio).toBeCloseTo((factors[to] ?? 0) / (factors[from] ?? 1), 1);
      expect(step.toValue - step.fromValue).toBeCloseTo(difference, 9);
    }
  },
);

test('a capacity adds nothing up, and has no steps', () => {
  expect((stepsOf(waterfallPaths) ?? []).map(({ profile }) => profile)).not.toContain('throughput');
});

test('a layer that was not measured is stepped over; where fewer than two were, nothing is said', () => {
  const without = stepsOf(waterfallPaths.filter((path) => path !== 'bridge/host/container'));
  expect(
    without?.filter((step) => step.metric === 'latency_p50_us').map(({ from, to }) => `${from} ${to}`),
  ).toEqual([
    'native/host host/host',
    'host/host bridge/host/published',
    'bridge/host/published bridge/host/loopback',
  ]);
  expect(stepsOf(['host/host'])).toBeUndefined();
});
