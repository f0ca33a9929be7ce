import { expect, test } from 'vitest';
import {
  closingServer,
  fastServer,
  refusingUrl,
  resettingServer,
  response,
  serve,
} from './servers.fixture.ts';
import { busySeconds, instruments, noFaults, orderFor, runSlice, slice, timed } from './slice.fixture.ts';

test('a server that closes after 10 requests: lost requests are counted, latencies stay true', async () => {
  await using server = await closingServer(10, 2);
  const { count, seconds } = await timed(() => slice(server, { sliceSeconds: 0.4 }));
  const { lostOnReconnect } = count.faults;
  expect(lostOnReconnect).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, lostOnReconnect });
  expect(count.totalConnections - lostOnReconnect).toBeLessThanOrEqual(2);
  expect(count.latency?.p50Us).toBeGreaterThanOrEqual(2e3 * 0.999);
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

test('surplus bytes that arrive on their own are mismatches, one for each connection', async () => {
  await using server = await serve(({ socket, nth }) => {
    // The client sends its second request when it has read the whole answer to its first.
    socket.write(nth === 1 ? response() : 'surplus\r\n');
  });
  const count = await slice(server);
  const { mismatches } = count.faults;
  expect(count.requests).toBe(0);
  expect(mismatches).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, mismatches });
  expect(server.seen.connections - mismatches).toBeLessThanOrEqual(2);
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

test('a body that only the close of the connection ends is lost, and nothing hangs', async () => {
  await using server = await serve(({ socket, nth }) => {
    if (nth === 1) socket.end(`HTTP/1.0 200 OK\r\n\r\n${'x'.repeat(100)}`);
  });
  const count = await slice(server);
  expect(count.requests).toBe(0);
  expect(count.faults.lostOnReconnect).toBeGreaterThan(0);
});

test('nothing listens: errors, a bounded number of them, and the slice lasts as long as a slice with answers', async () => {
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
