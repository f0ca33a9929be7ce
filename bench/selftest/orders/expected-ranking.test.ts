import { expect, test } from 'vitest';
import { syntheticRun } from '../../../reports/synthetic-run.fixture.ts';
import { expectedRanking } from './expected-ranking.ts';

const comparisons = [
  {
    baseline: 'host/host',
    contenders: ['bridge/host/published', 'bridge/host/loopback'],
  },
  { baseline: 'host/inside', contenders: ['mapped/inside'] },
];

function seen(effects: Readonly<Record<string, number>>) {
  const recorded = syntheticRun({
    seed: 9,
    rounds: 10,
    servers: ['nginx'],
    profiles: ['latency'],
    comparisons,
    effects: Object.fromEntries(Object.entries(effects).map(([path, latency]) => [path, { latency }])),
  });
  return new Map(expectedRanking(recorded).map(({ to, holds }) => [to, holds]));
}

test('orders hold where the run shows them, and only those whose paths it has are told', () => {
  const found = seen({ 'bridge/host/published': 1.1, 'bridge/host/loopback': 2, 'mapped/inside': 1 });
  expect([...found]).toEqual([
    ['bridge/host/loopback', true],
    ['mapped/inside', true],
  ]);
});

test('an order that a run turns round, or does not show, does not hold', () => {
  const found = seen({ 'bridge/host/published': 2, 'bridge/host/loopback': 2, 'mapped/inside': 1.2 });
  expect([...found.values()]).toEqual([false, false]);
});
