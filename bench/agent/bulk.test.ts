import { once } from 'node:events';
import http from 'node:http';
import { expect, test } from 'vitest';
import { fastServer } from './servers.fixture.ts';
import { noFaults, orderFor, runSlice, slice } from './slice.fixture.ts';

const mebibyte = 2 ** 20;

test('large bodies are counted as they come, and none is kept', async () => {
  await using server = await fastServer({ bodyBytes: mebibyte });
  const before = process.memoryUsage();
  const count = await slice(server, { connections: 8, sliceSeconds: 0.5, expectedBodyBytes: mebibyte });
  const after = process.memoryUsage();
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(16);
  expect(count.bytes).toBeGreaterThan(count.requests * mebibyte);
  // The server of this process keeps one answer a connection on its way: 8 bodies.
  expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(16 * mebibyte);
});

/** A server that answers when it has read a whole body. It counts the bodies and their bytes. */
async function uploadServer() {
  const seen = { requests: 0, bytes: 0, methods: new Set<string | undefined>() };
  const server = http.createServer((request, answer) => {
    seen.methods.add(request.method);
    request.on('data', (chunk: Buffer) => {
      seen.bytes += chunk.length;
    });
    request.on('end', () => {
      seen.requests++;
      answer.end('read\n');
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the server has no port');
  return {
    url: `http://127.0.0.1:${address.port}/upload`,
    seen,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

test('an upload sends its body with each request, and ends with the answer', async () => {
  await using server = await uploadServer();
  const order = orderFor(server.url, { uploadBytes: mebibyte, expectedBodyBytes: 5, sliceSeconds: 0.3 });
  const count = await runSlice(order);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
  expect(server.seen).toEqual({
    requests: count.totalRequests,
    bytes: count.totalRequests * mebibyte,
    methods: new Set(['POST']),
  });
});

test("an upload to a service keeps the request's own method and headers", async () => {
  await using server = await uploadServer();
  const request = { method: 'PUT', path: '/upload', headers: { accept: 'text/plain' } };
  const count = await runSlice(orderFor(server.url, { request, uploadBytes: 1000, expectedBodyBytes: 5 }));
  expect(count.faults).toEqual(noFaults);
  expect([...server.seen.methods]).toEqual(['PUT']);
  expect(server.seen.bytes).toBe(1000 * server.seen.requests);
});
