import { expect, test } from 'vitest';
import type { SliceOrder } from '../model/load-agent.ts';
import { KeptConnections } from './kept-connections.ts';
import { fastServer, response, serve } from './servers.fixture.ts';
import { instruments as common, noFaults, orderFor, runSlice } from './slice.fixture.ts';
import { runTurns } from './turns.ts';

function keeping(url: string, change: Partial<SliceOrder> = {}): SliceOrder {
  return orderFor(url, { connections: 3, keepOpen: true, ...change });
}

test('connections stay open from one order to the next, and closed and paced load share them', async () => {
  await using server = await fastServer();
  const instruments = { ...common, kept: new KeptConnections() };
  const first = await runSlice(keeping(server.url), instruments);
  const second = await runSlice(keeping(server.url), instruments);
  const paced = await runSlice(keeping(server.url, { ratePerSecond: 200 }), instruments);
  const [turned] = await runTurns(
    { slices: [keeping(server.url)], turnSeconds: 0.02, sequence: [0, 0, 0] },
    instruments,
  );
  instruments.kept.letGo();
  expect([first, second, paced, turned].map((it) => it?.totalConnections)).toEqual([3, 0, 0, 0]);
  for (const count of [first, second, paced, turned]) expect(count?.faults).toEqual(noFaults);
  // Each slice counts its own answers; the first answer of a connection that is not new counts, too.
  expect(second.requests).toBeGreaterThan(0);
  expect(
    first.totalRequests + second.totalRequests + paced.totalRequests + (turned?.totalRequests ?? 0),
  ).toBe(server.seen.requests);
});

test('another server, or another number of connections, has its own; those that were let go are closed', async () => {
  await using server = await fastServer();
  await using other = await fastServer();
  const instruments = { ...common, kept: new KeptConnections() };
  await runSlice(keeping(server.url), instruments);
  const elsewhere = await runSlice(keeping(other.url), instruments);
  const one = await runSlice(keeping(server.url, { connections: 1 }), instruments);
  expect([elsewhere.totalConnections, one.totalConnections]).toEqual([3, 1]);
  instruments.kept.letGo();
  const again = await runSlice(keeping(server.url), instruments);
  instruments.kept.letGo();
  expect(again.totalConnections).toBe(3);
});

test('a slice that does not ask for it opens its own connections, and closes them', async () => {
  await using server = await fastServer();
  const instruments = { ...common, kept: new KeptConnections() };
  await runSlice(keeping(server.url), instruments);
  const own = await runSlice(orderFor(server.url, { connections: 3 }), instruments);
  instruments.kept.letGo();
  expect(own.totalConnections).toBe(3);
});

test('a connection that the server closes at rest is opened anew, and nothing is counted as lost', async () => {
  const sockets = new Set<{ end(): unknown }>();
  await using server = await serve(({ socket }) => {
    sockets.add(socket);
    socket.write(response());
  });
  const instruments = { ...common, kept: new KeptConnections() };
  await runSlice(keeping(server.url), instruments);
  for (const socket of sockets) socket.end();
  await expect.poll(() => server.seen.connections).toBe(6);
  const count = await runSlice(keeping(server.url), instruments);
  instruments.kept.letGo();
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
});

test('what is on its way when a slice gives up does not reach the next one', async () => {
  let answering = false;
  await using server = await serve(({ socket }) => {
    if (answering) socket.write(response());
  });
  const instruments = { ...common, kept: new KeptConnections() };
  const silent = await runSlice(keeping(server.url), instruments);
  expect(silent.faults.timeouts).toBe(3);
  answering = true;
  const count = await runSlice(keeping(server.url), instruments);
  instruments.kept.letGo();
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
});

test('a window with enough answers ends before its time', async () => {
  await using server = await fastServer();
  const instruments = { ...common, kept: new KeptConnections() };
  const order = keeping(server.url, { sliceSeconds: 60, enoughResponses: 50 });
  const count = await runSlice(order, instruments);
  instruments.kept.letGo();
  expect(count.totalRequests).toBeGreaterThanOrEqual(50);
  expect(count.wallSeconds).toBeLessThan(60);
});
