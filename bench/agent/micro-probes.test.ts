import { createServer as createHttpServer, type RequestListener } from 'node:http';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import type { TimedTask } from '../model/timed-task.ts';
import { timeTask } from './micro-probes.ts';

const seconds = 0.05;

async function httpServer(answer: RequestListener) {
  const sockets: Socket[] = [];
  const resets: string[] = [];
  const server = createHttpServer(answer);
  server.on('connection', (socket: Socket) => {
    sockets.push(socket);
    socket.on('error', (error: Error & { code?: string }) => resets.push(error.code ?? ''));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/body`, sockets, resets };
}

function figures(timed: TimedTask) {
  if ('problem' in timed) throw new Error(timed.problem);
  return timed;
}

const ok: RequestListener = (_, response) => response.end('x');

test('requests use one connection, and each of them is timed', async () => {
  const paths: (string | undefined)[] = [];
  const { url, sockets } = await httpServer((request, response) => {
    paths.push(request.url);
    response.end('x'.repeat(1024));
  });
  const timed = figures(await timeTask({ task: { kind: 'request', url }, seconds }));
  expect(timed.count).toBeGreaterThan(1);
  expect(timed.p75Us).toBeGreaterThanOrEqual(timed.p50Us);
  // The warm-up is not counted.
  expect(paths.length).toBeGreaterThan(timed.count);
  expect(new Set(paths)).toEqual(new Set(['/body']));
  expect(sockets).toHaveLength(1);
});

test("the plan's own request is what is asked, and its status is the one that is expected", async () => {
  const seen = new Set<string>();
  const { url } = await httpServer((request, response) => {
    let body = '';
    request.on('data', (chunk: Buffer) => {
      body += chunk.toString();
    });
    request.on('end', () => {
      seen.add(`${request.method} ${request.headers['x-key']} ${body}`);
      response.writeHead(404).end();
    });
  });
  const request = { method: 'POST', path: '/body', headers: { 'x-key': 'a' }, body: '{}' };
  const expected = { ...request, expectedStatus: 404 };
  figures(await timeTask({ task: { kind: 'request', url, request: expected }, seconds }));
  expect(seen).toEqual(new Set(['POST a {}']));
  expect(await timeTask({ task: { kind: 'request', url, request }, seconds })).toEqual({
    problem: 'it answered with status 404',
  });
});

test('the time of a request has all of its answer in it', async () => {
  const { url } = await httpServer((_, response) => {
    response.write('first');
    setTimeout(() => response.end('last'), 20);
  });
  const timed = figures(await timeTask({ task: { kind: 'request', url }, seconds }));
  expect(timed.p50Us).toBeGreaterThan(15_000);
});

test('each connection is another one, without a request, and leaves no socket in TIME_WAIT', async () => {
  let requests = 0;
  const { url, sockets, resets } = await httpServer((...args) => {
    requests++;
    ok(...args);
  });
  const timed = figures(await timeTask({ task: { kind: 'connect', url }, seconds }));
  expect(sockets.length).toBeGreaterThan(timed.count);
  expect(requests).toBe(0);
  expect(new Set(resets)).toEqual(new Set(['ECONNRESET']));
});

test.each(['connect', 'request'] as const)('%s: no server is a problem and no figure', async (kind) => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  const timed = await timeTask({ task: { kind, url: `http://127.0.0.1:${port}/` }, seconds });
  expect(timed).toEqual({ problem: expect.stringContaining('ECONNREFUSED') });
});

test('a server that fails each request is a problem', async () => {
  const { url } = await httpServer((_, response) => response.writeHead(503).end());
  const timed = await timeTask({ task: { kind: 'request', url }, seconds });
  expect(timed).toEqual({ problem: 'it answered with status 503' });
});

test('a server that never answers is a problem after a second', async () => {
  const { url } = await httpServer(() => undefined);
  const timed = await timeTask({ task: { kind: 'request', url }, seconds });
  expect(timed).toEqual({ problem: 'no answer within 1000 ms' });
});
