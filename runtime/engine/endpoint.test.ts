import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { findEndpoint } from './endpoint.ts';

const defaultSocket = '/var/run/docker.sock';
/** SHA-256 of "far": where the docker client (28.2) keeps the context of that name. */
const farFolder = '512eea46ceb3921dff4363c7069d89d4964d1d9fccaa0f411851a7aa60a5c868';
const certificates = { ca: 'the ca', cert: 'the cert', key: 'the key' };

/** A client's configuration folder with the given files. */
async function dockerDirectory(files: Readonly<Record<string, string>> = {}): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-docker-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const [name, text] of Object.entries(files)) {
    const path = join(directory, name);
    await mkdir(join(path, '..'), { recursive: true });
    await writeFile(path, text);
  }
  return directory;
}

function tlsFiles(folder = ''): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(certificates).map(([name, text]) => [join(folder, `${name}.pem`), text]),
  );
}

/** As the client writes it. */
function farContext(host: string): Readonly<Record<string, string>> {
  return {
    'config.json': '{\n\t"auths": {},\n\t"currentContext": "far"\n}',
    [`contexts/meta/${farFolder}/meta.json`]: `{"Name":"far","Metadata":{},"Endpoints":{"docker":{"Host":"${host}","SkipTLSVerify":false}}}\n`,
  };
}

async function find(
  env: Readonly<Record<string, string>>,
  files: Readonly<Record<string, string>> = {},
): Promise<unknown> {
  return findEndpoint({ env, dockerDirectory: await dockerDirectory(files), defaultSocket });
}

test('nothing said: the default socket', async () => {
  const socket = { found: 'socket', url: 'unix:///var/run/docker.sock' };
  expect(await find({})).toEqual(socket);
  expect(await find({ DOCKER_HOST: '', DOCKER_CONTEXT: '' })).toEqual(socket);
  expect(await find({}, { 'config.json': '{"currentContext":"default"}' })).toEqual(socket);
  expect(await find({}, { 'config.json': 'not json' })).toEqual(socket);
});

test.each([
  ['unix:///run/user/1000/docker.sock', 'unix:///run/user/1000/docker.sock'],
  ['tcp://198.51.100.7:2375', 'tcp://198.51.100.7:2375'],
  ['198.51.100.7:2375', 'tcp://198.51.100.7:2375'],
  ['ssh://ada@198.51.100.7:2222', 'ssh://ada@198.51.100.7:2222'],
])('DOCKER_HOST=%s wins over the context', async (host, url) => {
  const env = { DOCKER_HOST: host, DOCKER_CONTEXT: 'far' };
  expect(await find(env, farContext('tcp://203.0.113.1:2375'))).toEqual({ found: 'DOCKER_HOST', url });
});

test('DOCKER_TLS_VERIFY: certificates from DOCKER_CERT_PATH, else from the client configuration', async () => {
  const DOCKER_HOST = 'tcp://198.51.100.7:2376';
  const expected = { found: 'DOCKER_HOST', url: 'https://198.51.100.7:2376', tls: certificates };
  const DOCKER_CERT_PATH = await dockerDirectory(tlsFiles());
  expect(await find({ DOCKER_HOST, DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH })).toEqual(expected);
  expect(await find({ DOCKER_HOST, DOCKER_TLS_VERIFY: '1' }, tlsFiles())).toEqual(expected);
  expect(await find({ DOCKER_HOST, DOCKER_TLS_VERIFY: '' }, tlsFiles())).toEqual({
    found: 'DOCKER_HOST',
    url: DOCKER_HOST,
  });
});

test('certificates that are asked for and missing: says where from, and which files', async () => {
  const DOCKER_CERT_PATH = await dockerDirectory({ 'ca.pem': 'only this one' });
  const env = { DOCKER_HOST: 'tcp://198.51.100.7:2376', DOCKER_TLS_VERIFY: '1', DOCKER_CERT_PATH };
  await expect(find(env)).rejects.toMatchObject({
    kind: 'unfit',
    message: expect.stringContaining(DOCKER_CERT_PATH),
    hint: 'DOCKER_CERT_PATH must hold ca.pem, cert.pem and key.pem.',
  });
});

test('the current context is followed', async () => {
  const url = 'ssh://ada@198.51.100.7';
  expect(await find({}, farContext(url))).toEqual({ found: 'context', url });
});

test('DOCKER_CONTEXT wins over the current context, "default" included', async () => {
  const files = { ...farContext('tcp://198.51.100.7:2375'), 'config.json': '{"currentContext":"other"}' };
  expect(await find({ DOCKER_CONTEXT: 'far' }, files)).toMatchObject({ url: 'tcp://198.51.100.7:2375' });
  expect(await find({ DOCKER_CONTEXT: 'default' }, files)).toMatchObject({ found: 'socket' });
});

test('a context with certificates is spoken to over TLS, one without is not', async () => {
  const files = farContext('tcp://198.51.100.7:2376');
  const tls = tlsFiles(`contexts/tls/${farFolder}/docker`);
  expect(await find({}, { ...files, ...tls })).toEqual({
    found: 'context',
    url: 'https://198.51.100.7:2376',
    tls: certificates,
  });
  expect(await find({}, files)).toEqual({ found: 'context', url: 'tcp://198.51.100.7:2376' });
});

test.each([
  ['is not there', {}, `Docker's context "far" cannot be read`],
  ['is broken', { [`contexts/meta/${farFolder}/meta.json`]: '{' }, `Docker's context "far" cannot be read`],
  [
    'names no engine',
    { [`contexts/meta/${farFolder}/meta.json`]: '{}' },
    `Docker's context "far" has no engine address`,
  ],
])('a context that %s: its name, and how to choose another', async (_, files, message) => {
  await expect(find({ DOCKER_CONTEXT: 'far' }, files)).rejects.toMatchObject({
    kind: 'unfit',
    message,
    hint: expect.stringMatching(/docker context use NAME.*DOCKER_HOST/),
  });
});
