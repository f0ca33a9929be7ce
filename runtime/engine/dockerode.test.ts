import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { connectDockerode } from './dockerode.ts';
import type { Endpoint } from './endpoint.ts';

const version = { Version: '29.0.0', ApiVersion: '1.52', MinAPIVersion: '1.44' };
const info = {
  OperatingSystem: 'Debian GNU/Linux 12 (bookworm)',
  OSType: 'linux',
  Driver: 'overlay2',
  CgroupVersion: '2',
  NCPU: 8,
  SecurityOptions: ['name=seccomp,profile=builtin', 'name=cgroupns'],
};

interface Listening {
  readonly endpoint: Endpoint;
  readonly server: Server;
  /** Paths that were asked for. */
  readonly asked: readonly string[];
}

/** An engine of a few answers behind a socket of its own. */
async function listening(
  answers: Readonly<Record<string, unknown>>,
  other: (request: IncomingMessage, response: ServerResponse) => void = (_, response) => {
    response.writeHead(404, { 'Content-Type': 'application/json' }).end('{"message":"page not found"}');
  },
): Promise<Listening> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-socket-'));
  const socket = join(directory, 'docker.sock');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    const path = request.url ?? '';
    asked.push(path);
    const answer = answers[path.replace(/^\/v1\.\d+/, '')];
    if (answer === undefined) other(request, response);
    else response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer));
  }).listen(socket);
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await rm(directory, { recursive: true, force: true });
  });
  return { endpoint: { found: 'DOCKER_HOST', url: `unix://${socket}` }, server, asked };
}

test('the API version is agreed on before anything is asked', async () => {
  const { endpoint, asked } = await listening({ '/version': version, '/info': info });
  const { about } = await connectDockerode(endpoint);
  expect(asked).toEqual(['/version', '/v1.47/info']);
  expect(about).toEqual({
    version: '29.0.0',
    apiVersion: '1.47',
    operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    osType: 'linux',
    storageDriver: 'overlay2',
    cgroupVersion: '2',
    rootless: false,
    cpuCount: 8,
    endpoint: 'DOCKER_HOST',
    address: endpoint.url,
  });
});

test('a rootless engine is told apart', async () => {
  const rootless = { ...info, SecurityOptions: ['name=rootless'] };
  const { endpoint } = await listening({ '/version': version, '/info': rootless });
  expect((await connectDockerode(endpoint)).about.rootless).toBe(true);
});

test('an engine that is too old is refused before anything else is asked', async () => {
  const old = { Version: '19.03.15', ApiVersion: '1.40', MinAPIVersion: '1.12' };
  const { endpoint, asked } = await listening({ '/version': old });
  await expect(connectDockerode(endpoint)).rejects.toMatchObject({
    kind: 'unfit',
    message: expect.stringContaining('engine 19.03.15 speaks API 1.12 to 1.40'),
  });
  expect(asked).toEqual(['/version']);
});

test.each([
  ['no socket', 'unix:///nowhere/docker.sock', 'no engine answers at unix:///nowhere/docker.sock'],
  ['a closed port', 'tcp://127.0.0.1:1', 'no engine answers at tcp://127.0.0.1:1'],
  ['no URL at all', 'tcp://[', 'the engine at tcp://[ (from DOCKER_HOST) cannot be used: Invalid URL'],
])('%s: a failure that names it, with a hint', async (_, url, message) => {
  await expect(connectDockerode({ found: 'DOCKER_HOST', url })).rejects.toMatchObject({
    kind: 'unfit',
    message: expect.stringContaining(message),
    hint: expect.any(String),
  });
});

test('something that is no engine', async () => {
  const { endpoint } = await listening({});
  await expect(connectDockerode(endpoint)).rejects.toMatchObject({
    kind: 'unfit',
    message: expect.stringContaining('cannot be used'),
    hint: 'Check it with: docker info',
  });
});

test('an engine that goes away later: partial, with what was tried', async () => {
  const { endpoint, server } = await listening({ '/version': version, '/info': info }, (request) => {
    request.socket.destroy();
  });
  const engine = await connectDockerode(endpoint);
  const gone = {
    kind: 'partial',
    message: `the engine at ${endpoint.url} stopped answering (tried to list containers)`,
  };
  await expect(engine.containers('bench.run')).rejects.toMatchObject(gone);
  server.closeAllConnections();
  server.close();
  await expect(engine.containers('bench.run')).rejects.toMatchObject(gone);
  expect(await engine.pull('debian')).toMatchObject({ pulled: false });
});

test('an engine that answers with an error: its words, and casesFailed', async () => {
  const { endpoint } = await listening({ '/version': version, '/info': info }, (_, response) => {
    response
      .writeHead(500, { 'Content-Type': 'application/json' })
      .end('{"message":"no space left on device"}');
  });
  const engine = await connectDockerode(endpoint);
  await expect(engine.containers('bench.run')).rejects.toMatchObject({
    kind: 'casesFailed',
    message: expect.stringMatching(/the engine refused to list containers: .*no space left on device/),
  });
});

test('a pull that fails after it has begun is a pull that failed', async () => {
  const { endpoint } = await listening({ '/version': version, '/info': info }, (_, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write('{"status":"Pulling fs layer","id":"a1"}\r\n');
    response.end('{"errorDetail":{"message":"unexpected EOF"},"error":"unexpected EOF"}\r\n');
  });
  const engine = await connectDockerode(endpoint);
  expect(await engine.pull('debian:trixie-slim')).toEqual({ pulled: false, why: 'unexpected EOF' });
});

test('a pull that breaks off is a pull that failed', async () => {
  const { endpoint } = await listening({ '/version': version, '/info': info }, (request, response) => {
    response.writeHead(200, { 'Content-Type': 'application/json' });
    response.write('{"status":"Pulling fs layer","id":"a1"}\r\n', () => request.socket.destroy());
  });
  const engine = await connectDockerode(endpoint);
  expect(await engine.pull('debian:trixie-slim')).toMatchObject({ pulled: false });
});

test.each([
  ['/version', {}],
  ['/info', { '/version': version }],
])('an engine that keeps silent about %s is given up', async (_, answers) => {
  const { endpoint } = await listening(answers, () => {});
  await expect(connectDockerode(endpoint, 0.1)).rejects.toMatchObject({
    message: expect.stringContaining(endpoint.url),
    hint: expect.stringContaining('docker info'),
    exitCode: 3,
  });
});
