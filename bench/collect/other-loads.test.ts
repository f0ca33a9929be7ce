import { expect, test } from 'vitest';
import type { SliceOrder } from '../model/load-agent.ts';
import { collecting } from './collecting.fixture.ts';

/** The orders of a run's slices and warm-ups. */
async function ordersOf(flags: Readonly<Record<string, unknown>>) {
  const orders: SliceOrder[] = [];
  let looks = 0;
  const { slices } = await collecting({
    flags: { rounds: '1', ...flags },
    stage: {
      onSlice: (_, order) => orders.push(order),
      room: () => {
        looks++;
        return { ports: { first: 32_768, last: 60_999, used: 0, timeWait: 0 } };
      },
    },
  });
  return { orders, slices, looks };
}

test('churn opens a connection for each request, where there is room for it; other loads keep theirs', async () => {
  const churn = await ordersOf({ profile: 'churn' });
  for (const it of churn.orders) expect(it).toMatchObject({ newConnections: true, connections: 1 });
  for (const it of churn.orders) expect(it).not.toHaveProperty('keepOpen');
  // Before each of the two blocks, in which all cases take turns.
  expect(churn.looks).toBe(2);
  for (const it of churn.slices) {
    expect(it).toMatchObject({
      status: 'completed',
      connect: expect.anything(),
      firstByte: expect.anything(),
    });
    expect(it).not.toHaveProperty('handshake');
  }
  const usual = await ordersOf({ profile: 'latency' });
  expect(usual.looks).toBe(0);
  for (const it of usual.orders) expect(it).toMatchObject({ keepOpen: true });
  for (const it of usual.slices) expect(it).not.toHaveProperty('connect');
});

test('the path evidence counts the connections of churn: one packet of the DNAT rule for each', async () => {
  const { slices } = await ordersOf({ profile: 'churn' });
  const published = slices.filter(({ path }) => path.startsWith('bridge'));
  expect(published.length).toBeGreaterThan(0);
  for (const it of published) {
    if (it.status === 'failed') throw new Error('a slice failed');
    expect(it.counters?.connections).toBe(it.cpu.requests);
    expect(it.counters?.dnatPackets).toBe(it.cpu.requests);
  }
});

test('bulk asks for its own body, or sends it; its slices know how long it is', async () => {
  const down = await ordersOf({ profile: 'bulk', bulkBytes: '64KiB' });
  for (const it of down.orders) {
    expect(new URL(it.url).pathname).toBe('/bulk');
    expect(it).toMatchObject({ connections: 32, expectedBodyBytes: 65_536, keepOpen: true });
  }
  for (const it of down.slices) expect(it).toMatchObject({ payloadBytes: 65_536 });
  const up = await ordersOf({ profile: 'bulk', bulkDirection: 'up' });
  for (const it of up.orders) {
    expect(new URL(it.url).pathname).toBe('/upload');
    expect(it).toMatchObject({ uploadBytes: 2 ** 20, expectedBodyBytes: 5 });
  }
});
