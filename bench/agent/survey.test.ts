import http from 'node:http';
import type { Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { systemClock } from '../model/clock.ts';
import type { SurveyOrder } from '../model/survey.ts';
import { selfSigned } from './certificate.fixture.ts';
import { fastServer, refusingUrl, response, type SmallServer, serve, slowServer } from './servers.fixture.ts';
import { survey } from './survey.ts';

const right = response();

/** Asks as fast as answers come. */
function ask(url: string, change: Partial<SurveyOrder> = {}) {
  const request = { method: 'GET', path: '/', headers: {}, ...change.request };
  const order = {
    url,
    requests: 60,
    spreadSeconds: 0,
    restSeconds: 0,
    withinSeconds: 30,
    ...change,
    request,
  };
  return survey(order, systemClock.monotonicSeconds);
}

/** A clock that counts how often it is read: a second each time. */
function countingClock() {
  let now = 0;
  return () => now++;
}

/** The request line and headers of each request that came. */
async function noting(answer: (text: string, socket: Socket) => void): Promise<SmallServer> {
  return serve(
    () => undefined,
    (socket) => {
      socket.on('data', (chunk) => answer(chunk.toString('latin1'), socket));
      socket.resume();
    },
  );
}

test('a service without surprises: one connection, one status, one length', async () => {
  await using server = await fastServer({ headers: ['Server: nginx/1.22.1'] });
  const seen = await ask(server.url);
  expect(seen).toEqual({
    requests: 60,
    statuses: { 200: 60 },
    failures: 0,
    endedAfter: [],
    endsAnnounced: false,
    mostOnOneConnection: 60 + 1,
    framings: ['length'],
    bodyBytes: { least: 100, most: 100 },
    serverHeader: 'nginx/1.22.1',
    latency: {
      medianSeconds: expect.any(Number),
      warmUp: { firstSeconds: expect.any(Number), lastSeconds: expect.any(Number) },
    },
  });
  expect(server.seen).toEqual({ connections: 1, requests: 61 });
  await server.idle();
});

test('a service that ends each connection after 20 answers, and says so', async () => {
  const last = response({ headers: ['Connection: close'] });
  await using server = await serve(({ socket, nth }) => (nth < 20 ? socket.write(right) : socket.end(last)));
  expect(await ask(server.url)).toMatchObject({
    statuses: { 200: 60 },
    failures: 0,
    endedAfter: [20, 20, 20],
    endsAnnounced: true,
    mostOnOneConnection: 20,
  });
});

test('one that does not say so: a request that it ends a connection on is asked again, and is no failure', async () => {
  await using server = await serve(({ socket, nth }) => (nth <= 20 ? socket.write(right) : socket.end()));
  expect(await ask(server.url)).toMatchObject({
    statuses: { 200: 60 },
    failures: 0,
    endedAfter: [20, 20, 20],
    endsAnnounced: false,
  });
});

test('answers of HTTP/1.0, which end with their connection', async () => {
  await using server = await serve(({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nhello'));
  expect(await ask(server.url)).toMatchObject({
    endedAfter: [1, 1, 1, 1, 1],
    endsAnnounced: true,
    framings: ['close'],
    bodyBytes: { least: 5, most: 5 },
  });
});

test('answers in chunks or with a length, of different sizes', async () => {
  await using server = await serve(({ socket }, seen) => {
    const bodyBytes = 100 + seen.requests;
    const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n`;
    socket.write(seen.requests % 2 === 1 ? chunked : response({ bodyBytes }));
  });
  expect(await ask(server.url)).toMatchObject({
    framings: ['chunked', 'length'],
    bodyBytes: { least: 5, most: 160 },
  });
});

test('answers that are compressed for those who ask for it: noted, and asked for once only', async () => {
  const packed = gzipSync('x'.repeat(100));
  const gzip = Buffer.concat([
    Buffer.from(`HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: ${packed.length}\r\n\r\n`),
    packed,
  ]);
  let asked = 0;
  await using server = await noting((text, socket) => {
    if (/accept-encoding: gzip/i.test(text)) asked++;
    socket.write(/accept-encoding: gzip/i.test(text) ? gzip : right);
  });
  expect(await ask(server.url)).toMatchObject({
    bodyBytes: { least: 100, most: 100 },
    compressed: { encoding: 'gzip', bodyBytes: packed.length },
  });
  expect(asked).toBe(1);
  // A request that asks for it is answered as it asks: nothing is tried beside it.
  const headers = { 'accept-encoding': 'gzip' };
  const own = await ask(server.url, { request: { method: 'GET', path: '/', headers } });
  expect(own).toMatchObject({ encoding: 'gzip', bodyBytes: { least: packed.length } });
  expect(own).not.toHaveProperty('compressed');
});

test('a redirect, with where it leads; 50 such answers are enough', async () => {
  await using server = await fastServer({ status: '301 Moved', headers: ['Location: /health/'] });
  const seen = await ask(server.url, { requests: 1_000 });
  expect(seen).toMatchObject({ requests: 50, statuses: { 301: 50 }, location: '/health/', framings: [] });
  expect(seen).not.toHaveProperty('bodyBytes');
});

test('a redirect that is the good answer is one like any other', async () => {
  await using server = await fastServer({ status: '302 Found', headers: ['Location: /x'], bodyBytes: 0 });
  const request = { method: 'GET', path: '/', headers: {}, expectedStatus: 302 };
  expect(await ask(server.url, { request })).toMatchObject({ requests: 60, bodyBytes: { most: 0 } });
});

test('a limit of the rate: counted beside the good answers, with its Retry-After', async () => {
  const refusal = response({ status: '429 Too Many Requests', headers: ['Retry-After: 2'] });
  await using server = await serve(({ socket }, seen) => socket.write(seen.requests > 40 ? refusal : right));
  expect(await ask(server.url)).toMatchObject({ statuses: { 200: 40, 429: 20 }, retryAfter: '2' });
});

test('a service that ends a connection that rests: seen, or announced, which nobody waits for', async () => {
  await using server = await serve(({ socket }, seen) => {
    socket.write(right);
    if (seen.requests === 11) setTimeout(() => socket.end(), 100);
  });
  const seen = await ask(server.url, { requests: 10, restSeconds: 20 });
  expect(seen.endedAfter).toEqual([]);
  expect(seen.restSeconds).toBeGreaterThanOrEqual(0.09);
  const announcing = response({ headers: ['Connection: Keep-Alive', 'Keep-Alive: timeout=5, max=100'] });
  await using other = await serve(({ socket }) => socket.write(announcing));
  expect(await ask(other.url, { requests: 10, restSeconds: 3600, withinSeconds: 3600 })).toMatchObject({
    restSeconds: 5,
  });
});

test('what is asked is the request of the plan: method, headers and body', async () => {
  const texts: string[] = [];
  await using server = await noting((text, socket) => {
    texts.push(text);
    socket.write(right);
  });
  const request = { method: 'POST', path: '/x', headers: { Host: 'shop.example' }, body: 'q=1' };
  await ask(`${server.url}x?y=1`, { request, requests: 1 });
  expect(texts[0]).toMatch(/^POST \/x\?y=1 HTTP\/1\.1\r\nHost: shop\.example\r\n.*\r\n\r\nq=1$/s);
});

test('TLS', async () => {
  await using server = await serve(({ socket }) => socket.write(right), undefined, selfSigned());
  expect(await ask(server.url)).toMatchObject({ statuses: { 200: 60 }, mostOnOneConnection: 61 });
});

test.each<[string, (socket: Socket) => void, string]>([
  ['not HTTP', (socket) => socket.end('220 smtp ready\r\n'), 'it is not HTTP/1.1 (Parse Error'],
  [
    'half a body',
    (socket) => socket.end(right.subarray(0, -50)),
    'the connection was closed before the whole answer had arrived',
  ],
  ['nothing', (socket) => socket.end(), 'the connection was closed before the whole answer had arrived'],
])(
  'a service that answers with %s: three requests are enough, and the reason is told',
  async (_, answer, problem) => {
    await using server = await serve(({ socket }) => answer(socket));
    const seen = await ask(server.url);
    expect(seen).toMatchObject({ requests: 3, statuses: {}, failures: 3 });
    expect(seen.problem).toContain(problem);
    expect(seen).not.toHaveProperty('latency');
  },
);

test('nothing listens', async () => {
  expect(await ask(await refusingUrl())).toMatchObject({ failures: 3, problem: 'connection refused' });
});

test.each<[string, (socket: Socket) => void]>([
  ['is silent', () => undefined],
  ['never ends its body', (socket) => socket.write(right.subarray(0, -50))],
  [
    'trickles',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n');
      const more = () => {
        if (!socket.destroyed) socket.write('x', () => setTimeout(more, 2));
      };
      more();
    },
  ],
])('a service that %s: the survey ends in its own time', async (_, answer) => {
  await using server = await serve(({ socket }) => answer(socket));
  const seen = await ask(server.url, { withinSeconds: 0.6 });
  expect(seen).toMatchObject({ statuses: {}, requests: seen.failures });
  expect(seen.problem).toMatch(/^no complete answer within 0\.\d s$/);
  await server.idle();
});

test('a slow service gets as many requests as fit into the time', async () => {
  await using server = await slowServer(1);
  const order = { url: server.url, request: { method: 'GET', path: '/', headers: {} } };
  const spread = { requests: 1_000, spreadSeconds: 0, restSeconds: 0, withinSeconds: 30 };
  // Each request reads this clock three times: thrice a second a request.
  const seen = await survey({ ...order, ...spread }, countingClock());
  expect(seen.requests).toBeGreaterThan(3);
  expect(seen.requests).toBeLessThan(20);
  expect(seen.statuses).toEqual({ 200: seen.requests });
});

test('the sequence is spread over its time', async () => {
  await using server = await fastServer();
  const startedAt = systemClock.monotonicSeconds();
  const seen = await ask(server.url, { requests: 10, spreadSeconds: 0.2 });
  expect(seen.requests).toBe(10);
  // The last one is due a tenth before the end.
  expect(systemClock.monotonicSeconds() - startedAt).toBeGreaterThanOrEqual(0.17);
});

test("a real server: Node's own, which ends a connection after as many requests as it is told", async () => {
  const server = http.createServer((_, answer) => answer.end('hello'));
  server.maxRequestsPerSocket = 25;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  expect(await ask(`http://127.0.0.1:${port}/`)).toMatchObject({
    statuses: { 200: 60 },
    endedAfter: [25, 25],
    endsAnnounced: true,
    framings: ['length'],
  });
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});
