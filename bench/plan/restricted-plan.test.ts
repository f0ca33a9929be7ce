import { expect, test } from 'vitest';
import { planCommand } from './plan-command.ts';
import { plan } from './planned.fixture.ts';
import { restrictedPlan } from './restricted-plan.ts';

const bridge = 'bridge/external/published';
const loopback = 'bridge/host/loopback';
const found = { rates: { nginx: 12_000, apache: 8_000 }, pacedRates: { nginx: 5_000, apache: 4_000 } };

const whole = plan({
  flags: {
    plan: 'nightly',
    path: [`${bridge},mapped/external/published,${loopback}`],
    margin: '5%',
    rounds: '30',
    seed: '1',
  },
});

test('only the servers, loads and paths that are wanted are left, with their baselines', () => {
  const restricted = restrictedPlan(whole, [{ server: 'nginx', profile: 'latency', path: bridge }], found, 2);
  expect(restricted).toMatchObject({
    servers: ['nginx'],
    comparisons: [{ baseline: 'host/external', contenders: [bridge] }],
    rounds: 30,
    seed: 2,
  });
  expect(restricted.profiles.map(({ name }) => name)).toEqual(['latency']);
  expect(restricted).not.toHaveProperty('rates');
  expect(restricted).not.toHaveProperty('paced');
});

test('several wanted comparisons are one plan, in the order of the whole one', () => {
  const restricted = restrictedPlan(
    whole,
    [
      { server: 'apache', profile: 'steady', path: loopback },
      { server: 'nginx', profile: 'latency', path: bridge },
    ],
    found,
    2,
  );
  expect(restricted.servers).toEqual(['nginx', 'apache']);
  expect(restricted.comparisons.map(({ contenders }) => contenders)).toEqual([[bridge], [loopback]]);
  expect(restricted.profiles.map(({ name }) => name)).toEqual(['latency', 'steady']);
});

test('the load is that of the run: the rates that it found', () => {
  const steady = restrictedPlan(whole, [{ server: 'nginx', profile: 'steady', path: bridge }], found, 2);
  expect(steady.rates).toEqual({ nginx: 12_000 });
  const paced = restrictedPlan(whole, [{ server: 'apache', profile: 'paced', path: bridge }], found, 2);
  expect(paced.paced).toEqual({ ...whole.paced, rates: { apache: 4_000 } });
  expect(paced).not.toHaveProperty('rates');
});

test('nothing is measured besides the wanted comparisons: no probes, and no sweep', () => {
  const swept = plan({ flags: { plan: 'nightly', sweep: true } });
  expect(swept).toMatchObject({ probes: true, sweep: {} });
  const restricted = restrictedPlan(swept, [{ server: 'nginx', profile: 'latency', path: bridge }], found, 2);
  expect(restricted).not.toHaveProperty('probes');
  expect(restricted).not.toHaveProperty('sweep');
});

test('its command leads to the same plan', () => {
  const restricted = restrictedPlan(whole, [{ server: 'nginx', profile: 'steady', path: bridge }], found, 2);
  const flags = Object.fromEntries(
    [...planCommand(restricted).matchAll(/--([a-z-]+) (\S+)/g)].map(([, flag = '', value]) => [
      flag.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase()),
      value,
    ]),
  );
  expect(plan({ flags })).toEqual(restricted);
});
