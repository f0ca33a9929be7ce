import { expect, test } from 'vitest';
import { littlesLawRatio } from '../model/validity-rules.ts';
import { closingServer, fastServer, response, type SmallServer, serve } from './servers.fixture.ts';
import { busySeconds, instruments, noFaults, runSlice, serviceOrder, timed } from './slice.fixture.ts';
import { tapped } from './tapped.fixture.ts';

/*
 * A service that bench does not know: its answers have no fixed length, and it may close its connections between
 * two of them. What is a fault of bench's own servers is none of such a service.
 */

const right = response();
const closing = response({ headers: ['Connection: close'] });
const get = { method: 'GET', path: '/', headers: {} };
const ended = `HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n${'x'.repeat(100)}`;

function service(server: SmallServer, change: Parameters<typeof serviceOrder>[1] = {}) {
  return runSlice(serviceOrder(server.url, change));
}

function chunked(bodyBytes: number): string {
  const size = bodyBytes.toString(16);
  return `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n${'x'.repeat(bodyBytes)}\r\n0\r\n\r\n`;
}

test.each<[string, (n: number) => string | Buffer]>([
  ['whose length varies', (n) => response({ bodyBytes: n % 50 })],
  ['whose headers vary', (n) => response({ headers: [`X-Request-Id: ${n}`] })],
  ['in chunks, of a length that varies', (n) => chunked(1 + (n % 50))],
  ['in chunks or with a length, by turns', (n) => (n % 2 === 0 ? chunked(9) : right)],
  ['without a body', () => response({ bodyBytes: 0 })],
  ['of status 204, which have no body', () => 'HTTP/1.1 204 No Content\r\n\r\n'],
  [
    'of HTTP/1.0 that keep the connection',
    () => 'HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\nContent-Length: 1\r\n\r\nx',
  ],
])('answers %s are right', async (_, answer) => {
  await using server = await serve(({ socket }, seen) => socket.write(answer(seen.requests)));
  const count = await service(server);
  expect(count).toMatchObject({ faults: noFaults, totalConnections: 2 });
  expect(count.requests).toBeGreaterThan(0);
  expect(server.seen.requests - count.totalRequests).toBeLessThanOrEqual(2);
  expect(count).not.toHaveProperty('reconnects');
});

test('answers that are alike are recognised by comparison, whatever their length; one that differs is parsed', async () => {
  const other = response({ bodyBytes: 7 });
  await using server = await serve(({ socket }, seen) => {
    if (seen.requests >= 20) agent.gate.open = false;
    socket.write(seen.requests === 10 ? other : right);
  });
  await using agent = await tapped(server.url, 100, {});
  await agent.atRest();
  expect(agent.tally).toMatchObject({ totalRequests: 20, totalConnections: 1, faults: noFaults });
  expect(agent.parsed).toEqual([right, other, right].map(String));
});

test.each<[string, string | Buffer]>([
  ['a body that only the end of the connection ends', 'HTTP/1.1 200 OK\r\n\r\nhello'],
  ['the same, announced', ended],
  ['HTTP/1.0', `HTTP/1.0 200 OK\r\nContent-Length: 5\r\n\r\nhello`],
  ['Connection: close', closing],
])('a service that closes after each answer: %s', async (_, answer) => {
  await using server = await serve(({ socket, nth }) => {
    if (nth === 1) socket.end(answer);
  });
  const count = await service(server);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(2);
  // Every connection but the first two is a reconnect, and every answer but their first ones counts.
  expect(server.seen.connections - 2 - (count.reconnects ?? 0)).toBeLessThanOrEqual(0);
  expect((count.reconnects ?? 0) + 2 - count.totalConnections).toBeLessThanOrEqual(2);
  expect(server.seen.requests - count.totalRequests).toBeLessThanOrEqual(2);
  expect(littlesLawRatio({ ...count, connections: 2 })).toBeGreaterThan(0.5);
});

test('a service that closes after 10 answers: reconnects are counted, and latencies stay true', async () => {
  await using server = await closingServer(10, 2);
  const { count, seconds } = await timed(() => service(server, { connections: 1, sliceSeconds: 0.4 }));
  expect(count.faults).toEqual(noFaults);
  const reconnects = count.reconnects ?? 0;
  expect(Math.abs(reconnects - count.totalRequests / 10)).toBeLessThanOrEqual(1);
  expect(count.totalConnections - reconnects).toBeGreaterThanOrEqual(0);
  expect(count.totalConnections - reconnects).toBeLessThanOrEqual(1);
  expect(count.latency?.p50Us).toBeGreaterThanOrEqual(2e3 * 0.999);
  expect(busySeconds(count)).toBeLessThanOrEqual(seconds * 1.001);
});

test('load at a rate: what is due is sent on connections that are opened for it, and all of it is answered', async () => {
  await using server = await serve(({ socket, nth }) => {
    if (nth === 1) socket.end(closing);
  });
  const count = await service(server, { ratePerSecond: 200, sliceSeconds: 0.3 });
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
  // Of the connections that were opened before the load, each answered once.
  expect(count.totalRequests - (count.reconnects ?? 0)).toBeLessThanOrEqual(2);
});

test('the service closes first where it says that it will, so that the agent keeps no port in TIME_WAIT', async () => {
  let early = 0;
  let late = 0;
  await using server = await serve(({ socket, nth }, seen) => {
    if (nth > 1) return;
    let mine = false;
    socket.on('end', () => {
      if (mine) late++;
      else early++;
    });
    socket.write(closing);
    // Long after the agent has read it: when the agent has connected again, and again.
    const { connections } = seen;
    const end = () => {
      if (seen.connections === connections && !socket.destroyed) return void setImmediate(end);
      mine = true;
      // What it still says is not read as an answer to the next request.
      socket.end('surplus\r\n');
    };
    end();
  });
  const count = await service(server, { connections: 1 });
  expect(count.faults).toEqual(noFaults);
  expect(count.reconnects).toBeGreaterThan(3);
  expect(late).toBeGreaterThan(3);
  // The last one is cut with the slice.
  expect(early).toBeLessThanOrEqual(1);
});

test('a silent close before any part of an answer: the request is sent again on a new connection, and counted apart', async () => {
  await using server = await serve(({ socket, nth }) => {
    if (nth <= 5) socket.write(right);
    else socket.end();
  });
  const count = await service(server, { connections: 1 });
  const { resent = 0, reconnects = 0 } = count;
  expect(count.faults).toEqual(noFaults);
  expect(resent).toBeGreaterThan(0);
  expect(reconnects).toBe(resent);
  // Each sixth request of a connection came in vain.
  expect(server.seen.requests - count.totalRequests - resent).toBeLessThanOrEqual(1);
  expect(count.requests).toBeGreaterThan(5);
});

test('a connection that was opened for a request sent again serves the next ones as well, once it has answered', async () => {
  await using server = await serve(({ socket, nth }, seen) => {
    if (nth <= (seen.connections === 1 ? 5 : 1)) socket.write(right);
    else socket.end();
  });
  const count = await service(server, { connections: 1 });
  expect(count.faults).toEqual(noFaults);
  expect(count.resent).toBeGreaterThan(1);
});

test('a request is sent again once: if that fails as well, it is lost', async () => {
  await using server = await serve(({ socket, nth }, seen) => {
    if (seen.connections === 1 && nth <= 5) socket.write(right);
    else socket.end();
  });
  const count = await service(server, { connections: 1 });
  expect(count).toMatchObject({ resent: 1, totalRequests: 5 });
  const { errors, lostOnReconnect } = count.faults;
  expect(count.faults).toEqual({ ...noFaults, errors, lostOnReconnect });
  expect(errors + lostOnReconnect).toBeGreaterThan(0);
  expect(errors + lostOnReconnect).toBeLessThanOrEqual(101);
});

test.each([
  ['a request that may change something', { ...get, method: 'POST' }, ''],
  ['a part of an answer has come', get, right.subarray(0, 20)],
  ['a part of a body has come', get, right.subarray(0, -1)],
])('a silent close where %s: the request is lost, as it is with any server', async (_, request, part) => {
  await using server = await serve(({ socket, nth }) => {
    if (nth <= 5) socket.write(right);
    else socket.end(part);
  });
  const count = await service(server, { connections: 1, request });
  const { lostOnReconnect } = count.faults;
  expect(lostOnReconnect).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, lostOnReconnect });
  expect(count).not.toHaveProperty('resent');
});

test('a service that closes new connections without an answer is given up: nothing is sent again and again', async () => {
  await using server = await serve(({ socket }) => socket.end());
  const count = await service(server);
  expect(count).toMatchObject({ requests: 0, totalRequests: 0 });
  expect(count).not.toHaveProperty('resent');
  const { errors, lostOnReconnect } = count.faults;
  expect(errors + lostOnReconnect).toBeGreaterThan(0);
  expect(errors + lostOnReconnect).toBeLessThanOrEqual(102);
});

test.each([
  ['closed', (end: () => void, _: (bytes: string) => void) => end()],
  [
    'closed, with word that it was idle',
    (_: () => void, write: (bytes: string) => void) =>
      write('HTTP/1.1 408 Request Timeout\r\nConnection: close\r\n\r\n'),
  ],
])(
  'a connection at rest that the service has %s: no fault, and the next request opens one',
  async (_, act) => {
    const sockets: { end(): unknown; write(text: string): unknown }[] = [];
    await using server = await serve(({ socket }, seen) => {
      sockets.push(socket);
      if (seen.requests === 1) agent.gate.open = false;
      socket.write(right);
    });
    await using agent = await tapped(server.url, 100, {});
    await agent.atRest();
    const [socket] = sockets;
    act(
      () => socket?.end(),
      (text) => socket?.write(text),
    );
    await server.idle();
    // No connection is opened for nothing: a worker that serves one at a time would wait for its request.
    expect(server.seen.connections).toBe(1);
    agent.gate.open = true;
    agent.connection.resume();
    await expect.poll(() => agent.tally.totalRequests).toBeGreaterThan(5);
    expect(agent.tally).toMatchObject({ faults: noFaults, totalConnections: 2, reconnects: 1, resent: 0 });
  },
);

test.each<[string, string | Buffer]>([
  ['bytes beyond the announced length', response({ bodyBytes: 101, announcedBytes: 100 })],
  ['a second answer', Buffer.concat([right, right])],
  ['bytes that are not HTTP', '220 smtp ready\r\n'],
  ['a chunk size that is no number', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  ['a length that is no number', 'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nx'],
])('what cannot be an answer is a mismatch of a service, too: %s', async (_, answer) => {
  await using server = await serve(({ socket }) => socket.write(answer));
  const count = await service(server);
  expect(count.faults.mismatches).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, mismatches: count.faults.mismatches });
  expect(count.requests).toBe(0);
});

test.each([
  ['any of 2xx, if none is named', undefined, '201 Created', 0],
  ['not another one, if none is named', undefined, '304 Not Modified', 1],
  ['the one that is named', 304, '304 Not Modified', 0],
  ['no other, if one is named', 201, '200 OK', 1],
])('the status of a good answer: %s', async (_, expectedStatus, status, faulty) => {
  await using server = await fastServer({ status, bodyBytes: 0 });
  const request = { ...get, ...(expectedStatus === undefined ? {} : { expectedStatus }) };
  const count = await service(server, { request });
  expect(count.totalRequests).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, non2xx: faulty * count.totalRequests });
});

test.each([
  ['HEAD', {}, '200 OK'],
  ['GET', { expectedStatus: 304 }, '304 Not Modified'],
])('an answer that announces a body and has none is whole: %s, %o', async (method, more, status) => {
  await using server = await fastServer({ status, bodyBytes: 0, announcedBytes: 5000 });
  const count = await service(server, { request: { ...get, method, ...more } });
  expect(count).toMatchObject({ faults: noFaults, totalConnections: 2 });
  expect(count.requests).toBeGreaterThan(0);
});

test('what is asked reaches the server, body and all', async () => {
  let text = '';
  await using server = await serve(
    () => undefined,
    (socket) => {
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.resume();
    },
  );
  const request = { method: 'POST', path: '/x', headers: { 'X-Key': 'value' }, body: 'q=1' };
  await using _agent = await tapped(`${server.url}x?y=1`, 100, { request });
  await expect.poll(() => text).toContain('q=1');
  expect(text).toBe(
    `POST /x?y=1 HTTP/1.1\r\nHost: ${new URL(server.url).host}\r\nConnection: keep-alive\r\n` +
      'X-Key: value\r\nContent-Length: 3\r\n\r\nq=1',
  );
});

test("a service's connections that are kept are those of one request", async () => {
  await using server = await fastServer();
  const order = serviceOrder(server.url, { keepOpen: true });
  const first = await runSlice(order);
  const same = await runSlice(order);
  const other = await runSlice({ ...order, request: { ...get, headers: { Accept: '*/*' } } });
  instruments.kept.letGo();
  expect([first, same, other].map((it) => it.totalConnections)).toEqual([2, 0, 2]);
});
