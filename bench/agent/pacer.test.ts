import { expect, test } from 'vitest';
import type { SliceCount, SliceOrder } from '../model/load-agent.ts';
import { Pacer } from './pacer.ts';
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
  // What was answered, what was on its way when the window ended, and once more on each connection right after it.
  const sent = (count.pacing?.sentPerSecond ?? Number.NaN) * count.wallSeconds;
  expect(sent).toBeLessThanOrEqual(count.requests + 2 * 4);
  expect(sent).toBeLessThan(dueIn(count) / 2);
  expect(count.pacing?.sendLagP99Us).toBeGreaterThan(50e3);
  // The latency is the server's all the same: from when a request was sent.
  expect(count.latency?.p50Us).toBeLessThan(count.pacing?.sendLagP99Us ?? 0);
});

test('a server that falls a little behind in every turn is not told as one that keeps up', async () => {
  await using server = await slowServer(5);
  await using other = await slowServer(5);
  // Four connections at 5 ms an answer bear 800 requests/s.
  const order = { ...paced, ratePerSecond: 1_000, sliceSeconds: 0.24 };
  const slices = [server, other].map(({ url }) => orderFor(url, order));
  const sequence = Array.from({ length: 8 }, () => [0, 1]).flat();
  const counts = await runTurns({ slices, turnSeconds: 0.03, sequence }, instruments);
  for (const count of counts) {
    const sent = (count.pacing?.sentPerSecond ?? Number.NaN) * count.wallSeconds;
    expect(count.turnRates.length).toBeGreaterThan(2);
    // What was answered in the windows, and what was on its way at their ends: nothing that was sent after them.
    expect(sent).toBeLessThanOrEqual(count.requests + 4 * count.turnRates.length);
    expect(sent).toBeLessThan(dueIn(count));
  }
});

/** A connection whose server stalls until it is told to go on. */
class Stalled {
  taken = 0;
  free = false;
  readonly #pacer: Pacer;

  constructor(pacer: Pacer) {
    this.#pacer = pacer;
  }

  resume(): void {
    while (this.free && this.#pacer.take(performance.now())) this.taken++;
  }
}

/** Time in which a request falls due each microsecond, and none can be sent. */
function stall(milliseconds: number): void {
  const until = performance.now() + milliseconds;
  while (performance.now() < until);
}

test('what a stall at the end of a window held back is sent after it, and counts; what falls due later does not', async () => {
  const pacer = new Pacer(1e6);
  const connection = new Stalled(pacer);
  const begun = performance.now();
  pacer.start([connection]);
  const started = performance.now();
  pacer.openWindow();
  stall(2);
  const ended = performance.now();
  const closed = pacer.closeWindow();
  const over = performance.now();
  connection.free = true;
  connection.resume();
  await closed;
  stall(1);
  connection.resume();
  pacer.stop();
  expect(connection.taken).toBeGreaterThanOrEqual((ended - started) * 1e3);
  expect(connection.taken).toBeLessThanOrEqual((over - begun) * 1e3 + 1);
  expect(pacer.pacing(1).sentPerSecond).toBe(connection.taken);
});

test('a stall that does not end is waited for no longer than patience lasts, and what it held back was not sent', async () => {
  const pacer = new Pacer(1e6);
  pacer.start([new Stalled(pacer)]);
  pacer.openWindow();
  stall(1);
  await pacer.closeWindow();
  pacer.stop();
  expect(pacer.pacing(1).sentPerSecond).toBe(0);
});

test('what is sent after most of the windows does not count: that is no stall', async () => {
  const pacer = new Pacer(1e6);
  const connection = new Stalled(pacer);
  const sent: number[] = [];
  for (const behind of [false, true, true]) {
    pacer.start([connection]);
    pacer.openWindow();
    connection.free = !behind;
    stall(1);
    connection.resume();
    const closed = pacer.closeWindow();
    connection.free = true;
    connection.resume();
    await closed;
    pacer.stop();
    sent.push(pacer.pacing(1).sentPerSecond);
  }
  const [none = Number.NaN, once = Number.NaN, twice] = sent;
  expect(none).toBeGreaterThan(0);
  expect(once).toBeGreaterThan(none);
  expect(twice).toBe(none);
  expect(connection.taken).toBeGreaterThan(once);
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
  const sequence = Array.from({ length: 5 }, () => [0, 1]).flat();
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
  const counts = await runTurns({ slices, turnSeconds: 0.02, sequence: [0, 1, 0, 1] }, instruments);
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
    `invalid rate of ${ratePerSecond} requests/s: it must be above 0`,
  );
});
