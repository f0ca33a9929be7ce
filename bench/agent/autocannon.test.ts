import { expect, test } from 'vitest';
import type { SliceCount, SliceOrder } from '../model/load-agent.ts';
import { monotonicClock } from './clock.ts';
import { machineReader } from './machine.ts';
import {
  closingServer,
  fastServer,
  refusingUrl,
  resettingServer,
  response,
  type SmallServer,
  serve,
  slowServer,
} from './servers.fixture.ts';
import { runSlice } from './turns.ts';

const instruments = { clock: monotonicClock, machine: machineReader() };
const noFaults = { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 };

function orderFor(url: string, change: Partial<SliceOrder> = {}): SliceOrder {
  return {
    url,
    connections: 2,
    rampSeconds: 0.04,
    sliceSeconds: 0.1,
    expectedBodyBytes: 100,
    timeoutSeconds: 5,
    ...change,
  };
}

function slice(server: SmallServer, change: Partial<SliceOrder> = {}): Promise<SliceCount> {
  return runSlice(orderFor(server.url, change), instruments);
}

/** The count, and how long the whole slice took. */
async function timed(run: () => Promise<SliceCount>): Promise<{ count: SliceCount; seconds: number }> {
  const startedAt = monotonicClock();
  const count = await run();
  return { count, seconds: monotonicClock() - startedAt };
}

/** Time that the counted requests took, in connection-seconds. */
function busySeconds(count: SliceCount): number {
  return (count.requests * (count.latency?.meanNs ?? 0)) / 1e9;
}

test('a healthy server: every counted response is in the histogram, and no fault', async () => {
  await using server = await fastServer();
  const count = await slice(server);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
  expect(count.bytes).toBe(count.requests * response().length);
  expect(count.totalConnections).toBe(2);
  expect(count.totalRequests).toBeGreaterThan(count.requests);
  expect(server.seen.requests - count.totalRequests).toBeLessThanOrEqual(2);
  expect(count.coreShare).toBeGreaterThan(0);
  expect(count.latency?.p50Ns).toBeGreaterThan(0);
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
  expect(count.latency?.p50Ns).toBeGreaterThanOrEqual(20e6 * 0.999);
  expect(busySeconds(count)).toBeLessThanOrEqual(2 * seconds * 1.001);
});

test('a wakeful agent asks for the answer instead of sleeping, and counts as any other', async () => {
  await using server = await slowServer(20);
  const sleeping = await slice(server, { sliceSeconds: 0.2 });
  const wakeful = await slice(server, { sliceSeconds: 0.2, wakeful: true });
  expect(wakeful.faults).toEqual(noFaults);
  expect(wakeful.requests).toBeGreaterThan(0);
  expect(wakeful.coreShare).toBeGreaterThan(2 * sleeping.coreShare);
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

test('a server that closes after 10 requests: lost requests are counted, latencies stay true', async () => {
  await using server = await closingServer(10, 2);
  const { count, seconds } = await timed(() => slice(server, { sliceSeconds: 0.4 }));
  const { lostOnReconnect } = count.faults;
  expect(lostOnReconnect).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, lostOnReconnect });
  expect(count.totalConnections - lostOnReconnect).toBeLessThanOrEqual(2);
  expect(count.latency?.p50Ns).toBeGreaterThanOrEqual(2e6 * 0.999);
  // Paired with older requests, the latencies of a connection would overlap and add up to more than this.
  expect(busySeconds(count)).toBeLessThanOrEqual(2 * seconds * 1.001);
});

test('the first response of every connection is discarded, reconnects too, however short the ramp', async () => {
  await using server = await closingServer(5, 2);
  const count = await slice(server, { rampSeconds: 0, sliceSeconds: 0.3 });
  expect(count.totalConnections).toBeGreaterThan(4);
  // The last two connections may not have had an answer yet.
  expect(count.totalRequests - count.requests).toBeGreaterThanOrEqual(count.totalConnections - 2);
});

test('answers of status 500 are counted as such', async () => {
  await using server = await fastServer({ status: '500 Internal Server Error' });
  const count = await slice(server);
  expect(count.faults).toEqual({ ...noFaults, non2xx: count.totalRequests });
  expect(count.totalRequests).toBeGreaterThan(0);
});

test('a silent server: one timeout for each connection, no latency, and no wait beyond the window', async () => {
  await using server = await serve(() => undefined);
  const count = await slice(server, { timeoutSeconds: 3600 });
  expect(count).toMatchObject({ requests: 0, totalRequests: 0, faults: { ...noFaults, timeouts: 2 } });
  expect(count).not.toHaveProperty('latency');
});

test('a timeout shorter than the slice opens a new connection each time', async () => {
  await using server = await serve(() => undefined);
  const count = await slice(server, { timeoutSeconds: 0.02 });
  expect(count.faults.timeouts).toBeGreaterThanOrEqual(2);
  expect(count.faults).toEqual({ ...noFaults, timeouts: count.faults.timeouts });
  expect(count.totalConnections).toBeGreaterThan(2);
});

test('one connection of many that hangs is noticed', async () => {
  await using server = await serve(({ socket }, seen) => {
    if (seen.requests > 1) socket.write(response());
  });
  const count = await slice(server, { connections: 8 });
  expect(count.requests).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, timeouts: 1 });
});

test('after a timeout in mid-body the next connection is read from its beginning', async () => {
  await using server = await serve(({ socket }, seen) => {
    socket.write(seen.requests === 1 ? response({ announcedBytes: 200 }) : response());
  });
  const count = await slice(server, { connections: 1, timeoutSeconds: 0.03, sliceSeconds: 0.2 });
  expect(count.faults).toMatchObject({ non2xx: 0, mismatches: 0 });
  expect(count.faults.timeouts).toBeGreaterThanOrEqual(1);
  expect(count.requests).toBeGreaterThan(0);
});

test('a body of another length than expected is a mismatch', async () => {
  await using server = await fastServer({ bodyBytes: 99 });
  const count = await slice(server);
  expect(count.totalRequests).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, mismatches: count.totalRequests });
});

test('a server that announces more than it sends never gives a clean slice', async () => {
  await using server = await fastServer({ bodyBytes: 100, announcedBytes: 150 });
  const count = await slice(server);
  expect(count.requests).toBe(0);
  expect(count.faults.timeouts).toBe(2);
});

test.each([
  ['the rest of its own body', 100, 60, 100],
  ['more than the expected body', 150, 100, 100],
])(
  'a server that announces less than it sends (%s) gives mismatches',
  async (_, bodyBytes, announcedBytes, expectedBodyBytes) => {
    await using server = await fastServer({ bodyBytes, announcedBytes });
    const count = await slice(server, { expectedBodyBytes });
    expect(count.requests).toBe(0);
    expect(count.faults.mismatches).toBeGreaterThan(0);
    expect(count.faults).toEqual({ ...noFaults, mismatches: count.faults.mismatches });
  },
);

test('surplus bytes that arrive on their own are mismatches', async () => {
  await using server = await serve(({ socket }) => {
    socket.write(response());
    setImmediate(() => socket.write('surplus\r\n'));
  });
  const count = await slice(server);
  expect(count.faults.mismatches).toBeGreaterThan(0);
});

test('two answers to one request are a mismatch, and the second is not counted', async () => {
  const twice = Buffer.concat([response(), response()]);
  await using server = await serve(({ socket }) => socket.write(twice));
  const count = await slice(server);
  expect(count.requests).toBe(0);
  expect(count.faults.mismatches).toBe(count.totalRequests);
});

test('an answer that is not HTTP is a mismatch', async () => {
  await using server = await serve(({ socket }) => socket.write('220 smtp ready\r\n'));
  const count = await slice(server);
  expect(count).toMatchObject({ requests: 0, totalRequests: 0 });
  expect(count.faults.mismatches).toBeGreaterThan(0);
  expect(count.faults.mismatches).toBeLessThanOrEqual(102);
});

test('chunked bodies are counted by their content', async () => {
  const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3c\r\n${'x'.repeat(60)}\r\n28\r\n${'x'.repeat(40)}\r\n0\r\n\r\n`;
  await using server = await serve(({ socket }) => socket.write(chunked));
  const count = await slice(server);
  expect(count.requests).toBeGreaterThan(0);
  expect(count.faults).toEqual(noFaults);
});

test('a body that only the close of the connection ends is lost, and nothing hangs', async () => {
  await using server = await serve(({ socket, nth }) => {
    if (nth === 1) socket.end(`HTTP/1.0 200 OK\r\n\r\n${'x'.repeat(100)}`);
  });
  const count = await slice(server);
  expect(count.requests).toBe(0);
  expect(count.faults.lostOnReconnect).toBeGreaterThan(0);
});

test('nothing listens: errors, a bounded number of them, and the slice lasts as long as any', async () => {
  const url = await refusingUrl();
  const count = await runSlice(orderFor(url), instruments);
  expect(count).toMatchObject({ requests: 0, totalRequests: 0, totalConnections: 0 });
  expect(count.faults).toEqual({ ...noFaults, errors: count.faults.errors });
  expect(count.faults.errors).toBeGreaterThan(0);
  expect(count.faults.errors).toBeLessThanOrEqual(102);
  expect(count.wallSeconds).toBeGreaterThan(0.09);
});

test('a server that accepts and closes at once is given up as well', async () => {
  await using server = await serve(({ socket }) => socket.end());
  const count = await slice(server, { connections: 4, sliceSeconds: 0.2 });
  expect(count.requests).toBe(0);
  expect(count.faults.lostOnReconnect + count.faults.errors).toBeGreaterThan(0);
  expect(count.faults.lostOnReconnect + count.faults.errors).toBeLessThanOrEqual(104);
});

test('a reset in mid-body is an error, and the next connection is read from its beginning', async () => {
  await using server = await resettingServer();
  const count = await slice(server, { connections: 1 });
  expect(count.requests).toBeGreaterThan(0);
  // Where both came late and together, the client saw an ordinary close.
  const { errors, lostOnReconnect } = count.faults;
  expect(count.faults).toEqual({ ...noFaults, errors, lostOnReconnect });
  expect(errors + lostOnReconnect).toBe(1);
  expect(count.totalConnections).toBe(2);
});

test('closes after a reset are lost requests again', async () => {
  await using server = await resettingServer(5);
  const count = await slice(server, { connections: 1 });
  expect(count.faults.errors).toBeLessThanOrEqual(1);
  expect(count.faults.lostOnReconnect).toBeGreaterThan(1);
});

test('a server that answers before each close is not given up', async () => {
  await using server = await closingServer(1, 0);
  const count = await slice(server, { sliceSeconds: 0.6 });
  expect(count.faults.lostOnReconnect).toBeGreaterThan(110);
});

test('a close that is followed by a reset opens one new connection, not two', async () => {
  let closes = 0;
  await using server = await serve(({ socket, nth }) => {
    if (nth <= 5) socket.write(response());
    if (nth === 5) {
      closes++;
      socket.end();
    }
    if (nth > 5) socket.resetAndDestroy();
  });
  const count = await slice(server, { connections: 1 });
  expect(closes).toBeGreaterThan(0);
  expect(server.seen.connections).toBeLessThanOrEqual(1 + closes);
  expect(count.faults.lostOnReconnect + count.faults.errors).toBeLessThanOrEqual(closes);
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
    const until = monotonicClock() + 0.3;
    while (monotonicClock() < until);
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
