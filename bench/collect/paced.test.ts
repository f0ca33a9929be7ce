import { expect, test } from 'vitest';
import type { TurnsOrder } from '../model/load-agent.ts';
import { type Collecting, collecting } from './collecting.fixture.ts';

/** A run with the paced profile, and all orders of turns that it gave. */
async function paced(flags: Readonly<Record<string, unknown>>, options: Collecting = {}) {
  const orders: TurnsOrder[] = [];
  const run = await collecting({
    ...options,
    flags: { profile: ['paced'], ...flags },
    onTurns: (order) => {
      orders.push(order);
    },
  });
  return { ...run, orders };
}

test('the compared cases have one rate and one seed, and the next block another', async () => {
  const { orders, pacedRates, rates } = await paced({ rounds: '2', blocks: '2' });
  expect(orders).toHaveLength(4);
  expect([rates.length, pacedRates.length]).toEqual([0, 1]);
  for (const { slices, turnSeconds } of orders) {
    expect(turnSeconds).toBe(0.25);
    expect(slices).toHaveLength(3);
    expect(new Set(slices.map(({ ratePerSecond }) => ratePerSecond))).toEqual(
      new Set([pacedRates[0]?.nginx]),
    );
    expect(new Set(slices.map(({ arrivals }) => arrivals?.kind))).toEqual(new Set(['poisson']));
    expect(new Set(slices.map(({ arrivals }) => arrivals?.seed)).size).toBe(1);
    expect(new Set(slices.map(({ connections }) => connections))).toEqual(new Set([64]));
  }
  expect(new Set(orders.map(({ slices }) => slices[0]?.arrivals?.seed)).size).toBe(4);
});

test('a slice is as long as its quantile needs at the rate that was found, on the connections of the warm-up', async () => {
  const { orders } = await paced({ rounds: '1', blocks: '2', pacedRate: '1000', arrivals: 'uniform' });
  const slices = orders.flatMap((it) => it.slices);
  // 11,000 responses a round, in two blocks.
  expect(new Set(slices.map((it) => it.sliceSeconds))).toEqual(new Set([5.5]));
  expect(new Set(slices.map((it) => it.arrivals?.kind))).toEqual(new Set(['uniform']));
  const slow = await paced({ rounds: '1', blocks: '1', pacedRate: '1000', quantile: 'p99.9' });
  const [slice] = slow.orders.flatMap((it) => it.slices);
  // 110,000 responses would take 110 s: no slice is longer than a minute.
  expect(slice?.sliceSeconds).toBe(60);
  expect(slice?.timeoutSeconds).toBe(slices[0]?.timeoutSeconds);
});

test('a run with the steady profile as well looks for the capacity once, and uses its own share of it', async () => {
  const flags = { profile: ['steady', 'paced'], rounds: '1', blocks: '1', pacedRate: '25%' };
  const { rates, pacedRates, stage } = await paced(flags);
  const [steady, open] = [rates[0]?.nginx, pacedRates[0]?.nginx].map((it) => it ?? Number.NaN);
  expect(Math.abs((open ?? Number.NaN) / ((steady ?? Number.NaN) / 2) - 1)).toBeLessThan(0.05);
  // Three deployments are warmed up for each of two numbers of connections, and probed three times.
  expect(stage.journal.filter((it) => it.startsWith('slice'))).toHaveLength(6 + 9 + 6);
});

test('each round looks for the pauses of the machine, and only for an open load', async () => {
  // The agent of the fake stage reports 480 µs of gaps in each loop of half a second.
  const { collected } = await paced({ rounds: '3', blocks: '1' });
  expect(collected.jitter).toEqual({
    wallSeconds: 1.5,
    ...{ p50Us: 0, p90Us: 0, p99Us: 0, p999Us: 0, longestUs: 12 },
  });
  expect((await paced({ profile: ['latency'], rounds: '1' })).collected).not.toHaveProperty('jitter');
});

test('slices record the three times', async () => {
  const { slices } = await paced({ rounds: '1', blocks: '1' });
  expect(slices).toHaveLength(3);
  for (const slice of slices) {
    if (slice.status !== 'completed') throw new Error(`${slice.status}: ${JSON.stringify(slice)}`);
    expect(slice.sendLag?.p999Us).toBeGreaterThan(0);
    expect(slice.serviceTime?.p99Us).toBeLessThanOrEqual(slice.latency.p99Us);
  }
});

test('how long the run takes is told anew when the rate is known', async () => {
  const of = async (pacedRate: string) => {
    const { events } = await paced({ rounds: '2', blocks: '1', pacedRate });
    return events.flatMap((it) => (typeof it === 'object' && it.kind === 'paced-rates' ? [it] : []));
  };
  const [[slow, ...more], [fast]] = [await of('1000'), await of('10000')];
  expect(more).toEqual([]);
  expect([...(slow?.rates ?? [])]).toEqual([['nginx', 1_000]]);
  // 11,000 responses of three paths in two rounds, at a rate of 1,000 in place of 10,000 a second.
  const longer = (slow?.totalSeconds ?? 0) - (fast?.totalSeconds ?? 0);
  expect(longer).toBeGreaterThan(2 * 3 * (11 - 1.1));
  expect(longer).toBeLessThan(2 * 3 * (11 - 1.1) * 1.05);
});
