import { expect, test } from 'vitest';
import type { SliceCount, SliceOrder } from '../model/load-agent.ts';
import { closingServer, fastServer, response, serve, slowServer } from './servers.fixture.ts';
import { instruments, noFaults, orderFor, slice } from './slice.fixture.ts';
import { runTurns } from './turns.ts';

/** Requests due in all windows: the schedule's, whatever the server does. */
function dueIn({ pacing, wallSeconds }: SliceCount): number {
  return (pacing?.offeredPerSecond ?? Number.NaN) * wallSeconds;
}

const paced: Partial<SliceOrder> = { ratePerSecond: 1_000, connections: 4 };

test('what is offered is sent and answered, on all connections', async () => {
  await using server = await fastServer();
  const count = await slice(server, { ...paced, sliceSeconds: 0.3 });
  expect(count.faults).toEqual(noFaults);
  expect(count.totalConnections).toBe(4);
  expect(count.pacing?.offeredPerSecond).toBe(1_000);
  // All that was due before an edge of the window is sent before it.
  const sent = (count.pacing?.sentPerSecond ?? Number.NaN) * count.wallSeconds;
  expect(Math.abs(sent - dueIn(count))).toBeLessThanOrEqual(4 + 1);
  expect(Math.abs(count.requests - sent)).toBeLessThanOrEqual(4 + 1);
  // Sent when it is due, and not before.
  expect(count.pacing?.sendLagP50Us).toBeGreaterThanOrEqual(0);
  expect(count.pacing?.sendLagP99Us).toBeGreaterThanOrEqual(count.pacing?.sendLagP50Us ?? Number.NaN);
});

test('a server that cannot keep up is sent less than is offered, and what is due waits', async () => {
  await using server = await slowServer(20);
  const count = await slice(server, { ...paced, sliceSeconds: 0.3 });
  expect(count.faults).toEqual(noFaults);
  expect(count.pacing?.offeredPerSecond).toBe(1_000);
  // Four connections at 20 ms an answer.
  expect(count.pacing?.sentPerSecond).toBeLessThanOrEqual(220);
  expect(count.pacing?.sendLagP99Us).toBeGreaterThan(50e3);
  // The latency is the server's all the same: from when a request was sent.
  expect(count.latency?.p50Us).toBeLessThan(count.pacing?.sendLagP99Us ?? 0);
});

test('in turns each window has its own schedule: what a rest left undone is never made up for', async () => {
  let largest = 0;
  let inTurn = 0;
  await using one = await serve(({ socket }) => {
    largest = Math.max(largest, ++inTurn);
    socket.write(response());
  });
  await using other = await serve(({ socket }) => {
    inTurn = 0;
    socket.write(response());
  });
  const slices = [one, other].map(({ url }) => orderFor(url, { ...paced, sliceSeconds: 0.2 }));
  const sequence = Array.from({ length: 6 }, () => [0, 1]).flat();
  const counts = await runTurns({ slices, turnSeconds: 0.04, sequence }, instruments);
  for (const count of counts) {
    expect(count.faults).toEqual(noFaults);
    expect(count.turnRates).toHaveLength(5);
    const sent = (count.pacing?.sentPerSecond ?? Number.NaN) * count.wallSeconds;
    expect(Math.abs(sent - dueIn(count))).toBeLessThanOrEqual(5 * (4 + 1));
    // Neither ramp nor rests are offered anything beyond the time under load.
    expect(count.totalRequests).toBeLessThanOrEqual(1_000 * count.loadSeconds + 7);
  }
  expect(largest).toBeGreaterThan(0);
});

test('between turns nothing is sent', async () => {
  await using one = await fastServer();
  await using other = await fastServer();
  const slices = [one, other].map(({ url }) => orderFor(url, paced));
  const counts = await runTurns({ slices, turnSeconds: 0.02, sequence: [0, 1, 0, 1, 0, 1] }, instruments);
  // All that was sent has been answered and counted: nothing was under way when the connections were cut.
  expect([one, other].map(({ seen }) => seen.requests)).toEqual(counts.map((it) => it.totalRequests));
});

test.each([
  ['status 500', () => fastServer({ status: '500 Internal Server Error' }), 'non2xx'],
  ['another body', () => fastServer({ bodyBytes: 99 }), 'mismatches'],
  ['a close after some answers', () => closingServer(3, 0), 'lostOnReconnect'],
  ['silence', () => serve(() => undefined), 'timeouts'],
] as const)('faults are seen under load at a rate: %s', async (_, start, fault) => {
  await using server = await start();
  const count = await slice(server, paced);
  expect(count.faults[fault]).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, [fault]: count.faults[fault] });
});

test.each([0, -5, Number.NaN, Number.POSITIVE_INFINITY])('a rate of %s is refused', async (ratePerSecond) => {
  await using server = await fastServer();
  await expect(slice(server, { ratePerSecond })).rejects.toThrow(
    `a rate of ${ratePerSecond} requests/s cannot be offered: it must be above 0`,
  );
});
