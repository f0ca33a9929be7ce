import { expect, test } from 'vitest';
import { standardDeviation } from '../statistics/location.ts';
import { syntheticRun } from '../synthetic-run.fixture.ts';
import { falseAlarms, roundSpreads } from './round-spreads.ts';

const quiet = { rounds: 20, blocks: 2, servers: ['nginx'], profiles: ['latency'] } as const;
const draw = { rounds: 8, drawsEach: 200, seed: 1 };

test('twins and contenders have a spread on each metric that they support', () => {
  const spreads = roundSpreads(syntheticRun({ ...quiet, seed: 5 }));
  const twin = spreads.filter(({ case: subject }) => subject.role === 'twin');
  expect(new Set(twin.map(({ metric }) => metric))).toContain('cpu_server_us');
  expect(twin.filter(({ declared }) => declared).map(({ metric }) => metric)).toEqual(['latency_p50_us']);
  for (const { logRatios, spread } of spreads) {
    expect(logRatios).toHaveLength(20);
    expect(spread).toBe(standardDeviation(logRatios));
  }
});

test('noisier deployments spread further', () => {
  const of = (deploymentNoise: number) =>
    roundSpreads(syntheticRun({ ...quiet, seed: 5, deploymentNoise })).find(
      ({ case: subject, declared }) => subject.role === 'twin' && declared,
    )?.spread ?? Number.NaN;
  expect(of(0.03)).toBeGreaterThan(2 * of(0.003));
});

test('twins that are the same raise few alarms, a twin that is not raises many', () => {
  const same = falseAlarms(roundSpreads(syntheticRun({ ...quiet, seed: 5 })), draw, 0.95);
  expect(same).toMatchObject({ rounds: 8, draws: 200 });
  expect(same?.slowerOrFaster).toBe(0);
  const twinEffect = { latency: 1.1 };
  const other = falseAlarms(roundSpreads(syntheticRun({ ...quiet, seed: 5, twinEffect })), draw, 0.95);
  expect(other?.different).toBe(1);
  expect(other?.slowerOrFaster).toBe(1);
});

test('no shorter run can be drawn from as many rounds as it has', () => {
  const spreads = roundSpreads(syntheticRun({ ...quiet, rounds: 8, seed: 5 }));
  expect(falseAlarms(spreads, draw, 0.95)).toBeUndefined();
});
