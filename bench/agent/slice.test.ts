import { expect, test } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { fastServer, response, serve, slowServer } from './servers.fixture.ts';
import { busySeconds, instruments, noFaults, orderFor, runSlice, slice, timed } from './slice.fixture.ts';

test('a healthy server: every counted response is in the histogram, and no fault', async () => {
  await using server = await fastServer();
  const count = await slice(server);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
  expect(count.bytes).toBe(count.requests * response().length);
  expect(count.totalConnections).toBe(2);
  expect(count.totalRequests).toBeGreaterThan(count.requests);
  expect(server.seen.requests - count.totalRequests).toBeLessThanOrEqual(2);
  expect(count.agentSeconds).toBeGreaterThan(0);
  expect(count.latency?.p50Us).toBeGreaterThan(0);
});

test('one connection has one request on its way: the latencies fit into the time there was', async () => {
  await using server = await fastServer();
  const { count, seconds } = await timed(() => slice(server, { connections: 1 }));
  expect(busySeconds(count)).toBeLessThanOrEqual(seconds * 1.001);
});

test('a slow server: no latency is below its service time', async () => {
  await using server = await slowServer(20);
  const { count, seconds } = await timed(() => slice(server, { sliceSeconds: 0.25 }));
  expect(count.faults).toEqual(noFaults);
  expect(count.latency?.p50Us).toBeGreaterThanOrEqual(20e3 * 0.999);
  expect(busySeconds(count)).toBeLessThanOrEqual(2 * seconds * 1.001);
});

test('a wakeful agent asks for the answer instead of sleeping, and counts like one that sleeps', async () => {
  await using server = await slowServer(20);
  const sleeping = await slice(server, { sliceSeconds: 0.2 });
  const wakeful = await slice(server, { sliceSeconds: 0.2, wakeful: true });
  expect(wakeful.faults).toEqual(noFaults);
  expect(wakeful.requests).toBeGreaterThan(0);
  expect(wakeful.agentSeconds).toBeGreaterThan(2 * sleeping.agentSeconds);
});

test('what lies on either side of the edges of the window is known: the rest fits into the window', async () => {
  await using server = await slowServer(30);
  const count = await slice(server, { connections: 4, rampSeconds: 0.05, sliceSeconds: 0.1 });
  // With 30 ms of service every connection has a request on its way when the window opens.
  expect(count.edgeSeconds).toBeGreaterThan(0);
  expect(count.edgeSeconds).toBeLessThan(busySeconds(count));
  expect(count.pendingSeconds).toBeGreaterThan(0);
  const insideWindow = busySeconds(count) - count.edgeSeconds + count.pendingSeconds;
  expect(insideWindow).toBeLessThanOrEqual(4 * count.wallSeconds * 1.001);
});

test('chunked bodies are counted by their content', async () => {
  const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3c\r\n${'x'.repeat(60)}\r\n28\r\n${'x'.repeat(40)}\r\n0\r\n\r\n`;
  await using server = await serve(({ socket }) => socket.write(chunked));
  const count = await slice(server);
  expect(count.requests).toBeGreaterThan(0);
  expect(count.faults).toEqual(noFaults);
});

test('the window is what the clock says at its two ends, not what was asked for', async () => {
  await using server = await slowServer(5000);
  // Load on, window open, window closed, load off.
  const readings = [1000, 1001, 1003.5, 1004];
  const clock = () => readings.shift() ?? Number.NaN;
  const count = await runSlice(orderFor(server.url), { ...instruments, clock });
  expect(count.wallSeconds).toBe(2.5);
  expect(count.loadSeconds).toBe(4);
  expect(readings).toEqual([]);
});

test('a timer that fires late makes the window longer', async () => {
  await using server = await fastServer();
  const running = slice(server, { rampSeconds: 0.02, sliceSeconds: 0.1 });
  setTimeout(() => {
    const until = systemClock.monotonicSeconds() + 0.3;
    while (systemClock.monotonicSeconds() < until);
  }, 80);
  expect((await running).wallSeconds).toBeGreaterThan(0.25);
});

test('after the slice every connection is closed, and no request follows', async () => {
  await using server = await fastServer();
  await slice(server, { connections: 8 });
  await server.idle();
  const { requests, connections } = server.seen;
  await new Promise(setImmediate);
  expect(server.seen).toEqual({ requests, connections });
});

test.each([
  ['no URL', { url: '' }],
  ['a URL that is none', { url: 'http://' }],
  ['no connections', { connections: 0 }],
])('an order that makes no sense (%s) rejects', async (_, change) => {
  await expect(runSlice(orderFor('http://127.0.0.1:1/', change), instruments)).rejects.toThrow();
});
