import { cpus } from 'node:os';
import { expect, test } from 'vitest';
import { systemClock } from '../model/clock.ts';
import type { SliceOrder, TurnsOrder } from '../model/load-agent.ts';
import { littlesLawRatio } from '../model/validity-rules.ts';
import { cpuReader } from './cpus.ts';
import { garbageCollector } from './heap.ts';
import { KeptConnections } from './kept-connections.ts';
import { machineReader } from './machine.ts';
import { paceOf } from './pace.ts';
import {
  closingServer,
  fastServer,
  refusingUrl,
  response,
  type SmallServer,
  serve,
  slowServer,
} from './servers.fixture.ts';
import { runTurns } from './turns.ts';

const instruments = {
  clock: systemClock.monotonicSeconds,
  machine: machineReader(),
  cpus: cpuReader(),
  collectGarbage: garbageCollector(),
  kept: new KeptConnections(),
};
const noFaults = { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 };

/** @param cycles of turns. */
function orderFor(urls: readonly string[], change: Partial<SliceOrder> = {}, cycles = 5): TurnsOrder {
  const slice = {
    connections: 2,
    rampSeconds: 0.02,
    sliceSeconds: 0.1,
    expectedBodyBytes: 100,
    timeoutSeconds: 5,
  };
  const places = urls.map((_, place) => place);
  return {
    slices: urls.map((url) => ({ ...slice, ...change, url })),
    turnSeconds: 0.02,
    // Forwards and backwards in turn.
    sequence: Array.from({ length: cycles }, (_, cycle) =>
      cycle % 2 === 0 ? places : places.toReversed(),
    ).flat(),
  };
}

/** A server that notes when its requests come. */
function notingServer(name: string, into: string[]): Promise<SmallServer> {
  return serve(({ socket }) => {
    into.push(name);
    socket.write(response());
  });
}

test('every slice has all of its turns, on the connections of its ramp', async () => {
  await using one = await fastServer();
  await using two = await fastServer();
  const counts = await runTurns(orderFor([one.url, two.url]), instruments);
  expect(counts).toHaveLength(2);
  for (const [index, count] of counts.entries()) {
    const { seen } = [one, two][index] ?? one;
    expect(count).toMatchObject({ totalConnections: 2, faults: noFaults });
    expect(count.turnRates).toHaveLength(5);
    // The rate of all windows is the mean of theirs, weighted with their lengths.
    const rate = count.servedRequests / count.wallSeconds;
    expect(rate).toBeGreaterThanOrEqual(Math.min(...count.turnRates));
    expect(rate).toBeLessThanOrEqual(Math.max(...count.turnRates));
    // Timers count in whole milliseconds: each of the five windows of 20 ms may be one short.
    expect(count.wallSeconds).toBeGreaterThanOrEqual(5 * 0.019);
    expect(count.loadSeconds).toBeGreaterThan(count.wallSeconds + 0.02);
    // All that was sent was answered and counted: nothing was under way when the connections were cut.
    expect(seen).toEqual({ connections: 2, requests: count.totalRequests });
    expect(count.totalRequests).toBeGreaterThan(count.requests);
    expect(count.bytes).toBe(count.requests * response().length);
  }
});

test('only one server is under load at a time, in the order that was asked for', async () => {
  const requests: string[] = [];
  await using a = await notingServer('a', requests);
  await using b = await notingServer('b', requests);
  await using c = await notingServer('c', requests);
  await runTurns({ ...orderFor([a.url, b.url, c.url]), sequence: [1, 0, 2, 2, 1, 0] }, instruments);
  const stretches = requests.filter((name, index) => name !== requests[index - 1]);
  // The ramps, in the order of the slices; then the turns, where two of c follow each other.
  expect(stretches).toEqual(['a', 'b', 'c', 'b', 'a', 'c', 'b', 'a']);
});

test('the ramp is load, and nothing of it is recorded; every turn after it is', async () => {
  // Answers are longer in the ramp, which is the first stretch of load.
  const longer = response({ headers: [`X-Padding: ${'x'.repeat(500)}`] });
  let stretches = 0;
  let underLoad = false;
  await using server = await serve(({ socket }) => {
    if (!underLoad) stretches++;
    underLoad = true;
    socket.write(stretches === 1 ? longer : response());
  });
  await using other = await serve(({ socket }) => {
    underLoad = false;
    socket.write(response());
  });
  const order = { ...orderFor([server.url, other.url]), sequence: Array(5).fill([0, 1]).flat() };
  const [count] = await runTurns(order, instruments);
  if (count === undefined) throw new Error('no count');
  expect(stretches).toBe(1 + 5);
  expect(count.turnRates).toHaveLength(5);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
  expect(count.bytes).toBe(count.requests * response().length);
  expect(count.totalRequests).toBe(server.seen.requests);
});

test.each([[[]], [[0]]])('a sequence without a whole cycle is refused: %s', async (sequence) => {
  await using server = await fastServer();
  await expect(runTurns({ ...orderFor([server.url, server.url]), sequence }, instruments)).rejects.toThrow(
    `the order's sequence has ${sequence.length} turns for 2 slices: each slice needs at least one`,
  );
});

test('garbage is collected before every turn, when nothing is on its way', async () => {
  let answering = 0;
  await using server = await serve(({ socket }) => {
    answering++;
    setTimeout(() => {
      answering--;
      socket.write(response());
    }, 1);
  });
  const collected: number[] = [];
  const collectGarbage = () => collected.push(answering);
  const order = orderFor([server.url, server.url]);
  const counts = await runTurns(order, { ...instruments, collectGarbage });
  const turns = counts.flatMap(({ turnRates }) => turnRates).length;
  expect(turns).toBeGreaterThan(1);
  // And before the ramps of the two.
  expect(collected).toEqual(Array(turns + 2).fill(0));
});

test("Little's law holds over many short windows, and requests at their edges are counted by their part", async () => {
  await using server = await slowServer(3);
  await using other = await slowServer(3);
  const [count] = await runTurns(orderFor([server.url, other.url], { connections: 8 }), instruments);
  if (count === undefined) throw new Error('no count');
  const unjudged = { ...count, connections: 8 };
  expect(littlesLawRatio(unjudged)).toBeGreaterThan(0.9);
  expect(littlesLawRatio(unjudged)).toBeLessThanOrEqual(1.001);
  // 8 connections are busy all the time: what they served is their time over the mean latency, wherever windows end.
  const expected = (8 * count.wallSeconds) / ((count.latency?.meanUs ?? Number.NaN) / 1e6);
  expect(count.servedRequests / expected).toBeGreaterThan(0.9);
  expect(count.servedRequests / expected).toBeLessThan(1.1);
  expect(count.servedRequests).not.toBe(count.requests);
});

test('a server that is slow makes the windows of all of them longer and fewer', async () => {
  await using slow = await slowServer(15);
  await using fast = await fastServer();
  const counts = await runTurns(orderFor([fast.url, slow.url]), instruments);
  for (const count of counts) {
    expect(count.turnRates.length).toBeLessThan(5);
    for (const rate of count.turnRates) expect(rate).toBeGreaterThan(0);
    expect(count.faults).toEqual(noFaults);
    expect(count.requests).toBeGreaterThan(0);
  }
  expect(counts[0]?.turnRates).toHaveLength(counts[1]?.turnRates.length ?? 0);
});

test.each([
  ['as asked, where servers are fast', 0.0004, { turns: 10, settleSeconds: 0.004, windowSeconds: 0.015 }],
  ['five latencies a window, two to settle', 0.006, { turns: 5, settleSeconds: 0.012, windowSeconds: 0.03 }],
  [
    'one window where that is longer than a slice',
    0.4,
    { turns: 1, settleSeconds: 0.8, windowSeconds: 0.15 },
  ],
  ['as asked, where no server answered', 0, { turns: 10, settleSeconds: 0.004, windowSeconds: 0.015 }],
])('the pace: %s', (_, slowest, pace) => {
  const order = { ...orderFor(['http://a/', 'http://b/'], { sliceSeconds: 0.15 }, 10), turnSeconds: 0.015 };
  expect(paceOf(order, slowest)).toEqual(pace);
});

test('a dead server costs the others nothing but their time', async () => {
  await using server = await fastServer();
  const [dead, alive] = await runTurns(orderFor([await refusingUrl(), server.url]), instruments);
  expect(dead).toMatchObject({ requests: 0, totalConnections: 0 });
  expect(dead?.faults.errors).toBeGreaterThan(0);
  expect(dead?.faults.errors).toBeLessThanOrEqual(102);
  expect(alive).toMatchObject({ turnRates: { length: 5 }, faults: noFaults });
  expect(alive?.requests).toBeGreaterThan(0);
});

test('a request that is never answered is one timeout of its slice, whatever the number of turns', async () => {
  await using silent = await serve(() => undefined);
  await using server = await fastServer();
  const counts = await runTurns(orderFor([silent.url, server.url], { timeoutSeconds: 3600 }), instruments);
  expect(counts[0]).toMatchObject({ requests: 0, faults: { ...noFaults, timeouts: 2 } });
  expect(counts[1]).toMatchObject({ faults: noFaults });
});

test('a connection that its server closes between turns is opened again, and its lost requests are counted', async () => {
  await using closing = await closingServer(10, 0);
  await using server = await fastServer();
  const counts = await runTurns(orderFor([closing.url, server.url]), instruments);
  const { lostOnReconnect } = counts[0]?.faults ?? noFaults;
  expect(counts[0]?.totalConnections).toBeGreaterThan(2);
  expect(counts[0]?.faults).toEqual({ ...noFaults, lostOnReconnect });
  expect(counts[1]?.faults).toEqual(noFaults);
});

test('a connection that waits for its turn longer than a request may take is no timeout', async () => {
  await using one = await fastServer();
  await using two = await fastServer();
  const order = orderFor([one.url, two.url], { timeoutSeconds: 0.05, sliceSeconds: 0.2 }, 1);
  const counts = await runTurns({ ...order, turnSeconds: 0.2 }, instruments);
  for (const { faults } of counts) expect(faults).toEqual(noFaults);
});

test('CPU time under load is that of the whole machine, and no less than the agent had', async () => {
  await using server = await fastServer();
  await using other = await fastServer();
  const counts = await runTurns(orderFor([server.url, other.url], {}, 20), instruments);
  for (const { machine, cpuBusySeconds, cpuClock, agentSeconds, loadSeconds } of counts) {
    // Ticks of 10 ms, at two ends of each turn.
    expect(machine?.busySeconds).toBeGreaterThan(0);
    expect(cpuBusySeconds).toHaveLength(cpus().length);
    expect(['ns', 'ticks']).toContain(cpuClock);
    expect(agentSeconds).toBeGreaterThan(0);
    expect(agentSeconds).toBeLessThan(2 * loadSeconds);
  }
});

test('afterwards every connection is closed, and no request follows', async () => {
  await using one = await fastServer();
  await using two = await fastServer();
  await runTurns(orderFor([one.url, two.url], { connections: 8 }), instruments);
  await Promise.all([one.idle(), two.idle()]);
  const before = [{ ...one.seen }, { ...two.seen }];
  await new Promise(setImmediate);
  expect([one.seen, two.seen]).toEqual(before);
});

test('an order that makes no sense rejects, and leaves no connection behind', async () => {
  await using server = await fastServer();
  await expect(runTurns(orderFor([server.url, 'http://']), instruments)).rejects.toThrow();
  await server.idle();
  await expect(runTurns({ ...orderFor([server.url]), sequence: [3] }, instruments)).rejects.toThrow(
    'the order has no slice 3',
  );
  await server.idle();
});
