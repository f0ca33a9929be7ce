import type { ServerResponse } from 'node:http';
import { expect, onTestFinished, test, vi } from 'vitest';
import { connectDockerode } from './dockerode.ts';
import { info, listening, podmanVersion, version } from './engine-answers.fixture.ts';

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
    dataRoot: '/var/lib/docker',
    cgroupVersion: '2',
    cpuSets: true,
    rootless: false,
    cpuCount: 8,
    endpoint: 'DOCKER_HOST',
    address: endpoint.url,
  });
});

test.each([
  ['another engine', { DOCKER_HOST: 'tcp://127.0.0.1:1' }],
  ['another engine with TLS', { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_TLS_VERIFY: '1' }],
  ['certificates that are not there', { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_CERT_PATH: '/nowhere' }],
  ['no URL', { DOCKER_HOST: '//[' }],
  ['a time-out in seconds', { DOCKER_HOST: 'tcp://127.0.0.1:1', DOCKER_CLIENT_TIMEOUT: '20' }],
])("Docker's own variables play no part where an endpoint is given: %s", async (_, variables) => {
  for (const [name, value] of Object.entries(variables)) vi.stubEnv(name, value);
  onTestFinished(() => void vi.unstubAllEnvs());
  const { endpoint } = await listening({ '/version': version, '/info': info }, (_request, response) => {
    // Longer than 20 ms.
    setTimeout(() => response.writeHead(200, { 'Content-Type': 'application/json' }).end('[]'), 200);
  });
  const engine = await connectDockerode(endpoint);
  expect(await engine.containers()).toEqual([]);
  expect(process.env).toMatchObject(variables);
});

test('a rootless engine is told apart', async () => {
  const rootless = { ...info, SecurityOptions: ['name=rootless'] };
  const { endpoint } = await listening({ '/version': version, '/info': rootless });
  expect((await connectDockerode(endpoint)).about.rootless).toBe(true);
});

test('an engine whose kernel has no CPU sets is told apart', async () => {
  const { endpoint } = await listening({ '/version': version, '/info': { ...info, CPUSet: false } });
  expect((await connectDockerode(endpoint)).about.cpuSets).toBe(false);
});

test('Podman is refused by name before anything else is asked, whatever API version it speaks', async () => {
  const { endpoint, asked } = await listening({ '/version': podmanVersion });
  await expect(connectDockerode(endpoint)).rejects.toMatchObject({
    exitCode: 3,
    message: `the engine at ${endpoint.url} is Podman 4.3.1`,
    hint: expect.stringMatching(/no docker-proxy.*\nSet the address of a Docker Engine: DOCKER_HOST=/),
  });
  expect(asked).toEqual(['/version']);
});

test('an engine that is too old is refused before anything else is asked', async () => {
  const old = { Version: '19.03.15', ApiVersion: '1.40', MinAPIVersion: '1.12' };
  const { endpoint, asked } = await listening({ '/version': old });
  await expect(connectDockerode(endpoint)).rejects.toMatchObject({
    kind: 'unfit',
    message: expect.stringContaining('engine 19.03.15 supports API 1.12 to 1.40'),
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
    message: `the engine at ${endpoint.url} stopped answering when bench tried to list containers`,
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

const html = '<html>\n<head><title>502 Bad Gateway</title></head>\n\u001b[31m<body>no</body></html>';

test.each<[string, (response: ServerResponse) => void, string]>([
  [
    'a web page',
    (response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(html),
    'it answered /version with "<html> <head><title>502 Bad Gateway</title></head> [31m<body>no</body></html>"',
  ],
  [
    "a proxy's error page",
    (response) => response.writeHead(502, { 'Content-Type': 'text/html' }).end(html),
    'it answered HTTP 502 with "<html> <head>',
  ],
  ['plain text', (response) => response.writeHead(200).end('hello'), 'it answered /version with "hello"'],
  ['nothing', (response) => response.writeHead(200).end(), 'it answered /version with nothing'],
  [
    'other JSON',
    (response) => response.end('{"version":"1"}'),
    'it answered /version with "{"version":"1"}"',
  ],
  [
    'a version in other words',
    (response) => response.end('{"Version":"1","ApiVersion":7}'),
    'it answered /version with "{"Version":"1"',
  ],
  ['JSON null', (response) => response.end('null'), 'it answered /version with "null"'],
  [
    'other than HTTP',
    (response) => response.socket?.end('SSH-2.0-OpenSSH_9.2\r\n'),
    'its answer is not HTTP',
  ],
])('%s instead of an engine: what answered is told, and where', async (_, answer, words) => {
  const { endpoint } = await listening({}, (_request, response) => answer(response));
  const refusal = await connectDockerode(endpoint).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    exitCode: 3,
    message: expect.stringContaining(`the service at ${endpoint.url} is not a Docker Engine: ${words}`),
    hint: expect.stringContaining('docker version'),
  });
});

test('an engine that wants TLS: the variables that give it', async () => {
  const { endpoint } = await listening({}, (_, response) => {
    response.writeHead(400).end('Client sent an HTTP request to an HTTPS server.\n');
  });
  await expect(connectDockerode(endpoint)).rejects.toMatchObject({
    hint: expect.stringMatching(/DOCKER_TLS_VERIFY=1.*DOCKER_CERT_PATH/),
  });
});

test('something that knows /version but not /info is no engine', async () => {
  const { endpoint } = await listening({ '/version': version, '/info': { message: 'hello' } });
  await expect(connectDockerode(endpoint)).rejects.toMatchObject({
    message: expect.stringContaining('it answered /info with'),
  });
});
