import { once } from 'node:events';
import { readdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { beforeAll, expect, onTestFinished, test } from 'vitest';
import { measureAlone } from '../model/load-agent.ts';
import { bundle, startAgent } from './agent-process.fixture.ts';
import { loadAgent } from './client.ts';
import { fastServer } from './servers.fixture.ts';

let folder = '';
beforeAll(async () => {
  folder = await bundle();
});

test('the same sources bundle to the same bytes, wherever they are written', async () => {
  const [first, second] = [folder, await bundle()];
  for (const file of await readdir(first)) {
    expect((await readFile(join(second, file))).equals(await readFile(join(first, file)))).toBe(true);
  }
  expect(await readdir(first)).toContain('agent.mjs');
});

test('probes, runs slices with autocannon inside the bundle, and exits when its input ends', async () => {
  await using server = await fastServer();
  const { child, exit, errorText } = startAgent(folder);
  const agent = loadAgent({ input: child.stdin, output: child.stdout });
  const order = { url: server.url, expectedBodyBytes: 100 };
  expect(await agent.probe({ ...order, withinSeconds: 5 })).toMatchObject({ ready: true });
  const request = { method: 'GET', path: '/', headers: { 'X-Key': 'value' } };
  const asked = { url: server.url, requests: 5, spreadSeconds: 0, restSeconds: 0, withinSeconds: 5 };
  expect(await agent.survey({ ...asked, request })).toMatchObject({ statuses: { 200: 5 } });
  expect(await agent.hold(server.url, request)).toMatchObject({ remoteAddress: '127.0.0.1' });
  await agent.release();
  for (const connections of [1, 4]) {
    const count = await measureAlone(agent, {
      ...order,
      connections,
      rampSeconds: 0.05,
      sliceSeconds: 0.1,
      timeoutSeconds: 5,
    });
    expect(count.requests).toBeGreaterThan(0);
    expect(count.latency?.p50Us).toBeGreaterThan(0);
    expect(count.totalConnections).toBe(connections);
  }
  await server.idle();
  agent.close();
  expect(await exit).toBe(0);
  expect(errorText()).toBe('');
});

test('every kind of call sends the headers that its request only names, with their values', async () => {
  const seen = new Set<string>();
  const server = createServer(({ headers }, answer) => {
    seen.add(`${headers['x-shown']}, ${headers.authorization}`);
    answer.end('x'.repeat(100));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  const { child, exit } = startAgent(folder);
  const agent = loadAgent({ input: child.stdin, output: child.stdout }, undefined, { Authorization: 'kept' });
  const request = {
    method: 'GET',
    path: '/',
    headers: { 'X-Shown': 'told' },
    secretHeaders: ['Authorization'],
  };
  const calls = [
    () => agent.probe({ url, request, withinSeconds: 5 }),
    () => agent.survey({ url, request, requests: 1, spreadSeconds: 0, restSeconds: 0, withinSeconds: 5 }),
    () => agent.hold(url, request),
    () => agent.timeTask({ task: { kind: 'request', url, request }, seconds: 0.01 }),
    () =>
      measureAlone(agent, {
        ...{ url, request, connections: 1, rampSeconds: 0, sliceSeconds: 0.05, timeoutSeconds: 5 },
      }),
  ];
  for (const call of calls) {
    seen.clear();
    await call();
    expect([...seen]).toEqual(['told, kept']);
  }
  await expect(
    agent.probe({ url, request: { ...request, secretHeaders: ['Cookie'] }, withinSeconds: 5 }),
  ).rejects.toThrow('no value for the header Cookie');
  await agent.release();
  agent.close();
  expect(await exit).toBe(0);
});

test('an order that makes no sense rejects, and the agent lives on', async () => {
  await using server = await fastServer();
  const { child, exit } = startAgent(folder);
  const agent = loadAgent({ input: child.stdin, output: child.stdout });
  const order = {
    connections: 1,
    rampSeconds: 0,
    sliceSeconds: 0.05,
    expectedBodyBytes: 1,
    timeoutSeconds: 5,
  };
  await expect(measureAlone(agent, { ...order, url: 'http://' })).rejects.toThrow('Invalid URL');
  expect(await agent.probe({ url: server.url, expectedBodyBytes: 100, withinSeconds: 5 })).toMatchObject({
    ready: true,
  });
  agent.close();
  expect(await exit).toBe(0);
});

test('a line that is no request ends it, with a word on standard error', async () => {
  const { child, exit, errorText } = startAgent(folder);
  child.stdin.write('hello\n');
  expect(await exit).toBe(1);
  expect(errorText()).toBe('load agent: a line of the input is not a request: hello\n');
});
