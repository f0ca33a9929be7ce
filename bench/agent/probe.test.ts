import { expect, test } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { probe } from './probe.ts';
import { fastServer, refusingUrl, response, serve } from './servers.fixture.ts';

function ask(url: string, withinSeconds = 0.1) {
  return probe({ url, expectedBodyBytes: 100, withinSeconds }, systemClock.monotonicSeconds);
}

/** One attempt, after which the clock says that the time is up. */
function askOnce(url: string, expectedBodyBytes = 100) {
  const readings = [0, 0];
  const clock = () => readings.shift() ?? 1000;
  return probe({ url, expectedBodyBytes, withinSeconds: 10 }, clock);
}

test('a server that answers properly is ready, with its name and the time it took', async () => {
  await using server = await fastServer({ headers: ['Server: nginx/1.22.1'] });
  const result = await ask(server.url, 5);
  expect(result).toEqual({ ready: true, seconds: expect.any(Number), serverHeader: 'nginx/1.22.1' });
  expect(server.seen.requests).toBe(1);
});

test('a server that does not say its name is ready as well', async () => {
  await using server = await fastServer();
  expect(await ask(server.url, 5)).toEqual({ ready: true, seconds: expect.any(Number) });
});

test('a server that needs a while is asked again until it is ready', async () => {
  await using server = await serve(({ socket }, seen) => {
    socket.end(seen.requests < 4 ? response({ status: '503 Service Unavailable' }) : response());
  });
  expect(await ask(server.url, 30)).toMatchObject({ ready: true });
  expect(server.seen.requests).toBe(4);
});

test('a container of the user gets one request, whatever it answers', async () => {
  await using server = await serve(({ socket }) =>
    socket.end(response({ status: '503 Service Unavailable' })),
  );
  const order = { url: server.url, withinSeconds: 30, once: true } as const;
  expect(await probe(order, systemClock.monotonicSeconds)).toEqual({
    ready: false,
    lastProblem: 'it answered with status 503, not 2xx',
  });
  expect(server.seen.requests).toBe(1);
});

test('nothing listens: refused', async () => {
  expect(await askOnce(await refusingUrl())).toEqual({ ready: false, lastProblem: 'connection refused' });
});

test('a silent server: timed out, and the connection is closed', async () => {
  await using server = await serve(() => undefined);
  expect(await ask(server.url)).toEqual({
    ready: false,
    lastProblem: expect.stringMatching(/^no complete answer within \d+\.\d+ s \(timed out\)$/),
  });
  await server.idle();
});

test('a large body is waited for longer', async () => {
  await using server = await serve(() => undefined);
  const lastProblem = 'no complete answer within 1.4 s (timed out)';
  expect(await askOnce(server.url, 100e6)).toEqual({ ready: false, lastProblem });
});

test.each([
  ['another status', response({ status: '404 Not Found' }), 'it answered with status 404, not 200'],
  ['another length', response({ bodyBytes: 99 }), 'its body has 99 bytes, not 100'],
  [
    'half a body',
    response().subarray(0, -50),
    'the connection was closed before the whole answer had arrived',
  ],
  ['nothing', Buffer.alloc(0), 'the connection was closed before the whole answer had arrived'],
])('a server that answers with %s is not ready, in words', async (_, bytes, lastProblem) => {
  await using server = await serve(({ socket }) => socket.end(bytes));
  expect(await askOnce(server.url)).toEqual({ ready: false, lastProblem });
});

test('the last attempt, cut short by the end of time, does not hide what was wrong before', async () => {
  await using server = await serve(({ socket }, seen) => {
    if (seen.requests === 1) socket.end(response({ status: '403 Forbidden' }));
  });
  const readings = [0, 0, 9.9];
  const order = { url: server.url, expectedBodyBytes: 100, withinSeconds: 10 };
  expect(await probe(order, () => readings.shift() ?? 1000)).toEqual({
    ready: false,
    lastProblem: 'it answered with status 403, not 200',
  });
  expect(readings).toEqual([]);
});

test('no time: no attempt', async () => {
  await using server = await fastServer();
  expect(await ask(server.url, 0)).toMatchObject({ ready: false });
  expect(server.seen.connections).toBe(0);
});

test('an answer that is not HTTP is named', async () => {
  await using server = await serve(({ socket }) => socket.end('220 smtp ready\r\n'));
  expect(await askOnce(server.url)).toMatchObject({
    ready: false,
    lastProblem: expect.stringContaining('Parse Error'),
  });
});

/** A service: its answers have no fixed length. */
async function askService(answer: Parameters<typeof response>[0], expectedStatus?: number) {
  await using server = await fastServer(answer);
  const request = { method: 'GET', path: '/', headers: {}, ...(expectedStatus && { expectedStatus }) };
  const readings = [0, 0];
  return await probe({ url: server.url, request, withinSeconds: 10 }, () => readings.shift() ?? 1000);
}

test('a service is ready with any length, and with the status that its request expects', async () => {
  expect(await askService({ bodyBytes: 7 })).toMatchObject({ ready: true });
  expect(await askService({ status: '204 No Content', bodyBytes: 0 })).toMatchObject({ ready: true });
  expect(await askService({ status: '401 Unauthorized' }, 401)).toMatchObject({ ready: true });
  expect(await askService({}, 201)).toEqual({
    ready: false,
    lastProblem: 'it answered with status 200, not 201',
  });
});

test('a path that tells readiness may answer with any 2xx, and a redirect is told with where it leads', async () => {
  await using server = await fastServer({ status: '204 No Content', bodyBytes: 0 });
  expect(await probe({ url: server.url, withinSeconds: 10 }, systemClock.monotonicSeconds)).toMatchObject({
    ready: true,
  });
  expect(await askService({ status: '302 Found', headers: ['Location: /login'] })).toEqual({
    ready: false,
    lastProblem: 'it answered with status 302 (to /login), not 2xx',
  });
});

test('readiness is asked for with the request of the plan', async () => {
  let text = '';
  await using server = await serve(
    () => undefined,
    (socket) => {
      socket.on('data', (chunk) => {
        text += chunk.toString();
        if (text.includes('q=1')) socket.end(response());
      });
      socket.resume();
    },
  );
  const request = { method: 'PUT', path: '/x', headers: { 'X-Key': 'value' }, body: 'q=1' };
  const order = { url: `${server.url}x`, request, withinSeconds: 30 };
  expect(await probe(order, systemClock.monotonicSeconds)).toMatchObject({ ready: true });
  expect(text).toMatch(/^PUT \/x HTTP\/1\.1\r\nX-Key: value\r\n/);
});
