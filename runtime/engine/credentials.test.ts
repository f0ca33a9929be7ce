import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { Commander } from '../machine/command.ts';
import { credentialsFor, registryOf } from './credentials.ts';

const noHelper: Commander = {
  run: async () => ({ exitCode: 127, stdout: '', stderr: '' }),
  detach: async () => 0,
};

async function configured(config: unknown): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-docker-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  await writeFile(
    join(directory, 'config.json'),
    typeof config === 'string' ? config : JSON.stringify(config),
  );
  return directory;
}

test.each([
  ['nginx', 'https://index.docker.io/v1/'],
  ['library/nginx:1', 'https://index.docker.io/v1/'],
  ['registry.example/app', 'registry.example'],
  ['localhost/app', 'localhost'],
  ['127.0.0.1:5000/my/app:1.2', '127.0.0.1:5000'],
])('%s is in the registry %s', (image, registry) => {
  expect(registryOf(image)).toBe(registry);
});

test('a password is read from the configuration of the client, for its registry only', async () => {
  const auth = Buffer.from('ann:se:cret').toString('base64');
  const dockerDirectory = await configured({ auths: { 'registry.example': { auth } } });
  const at = { dockerDirectory, commander: noHelper };
  expect(await credentialsFor('registry.example/app', at)).toEqual({
    username: 'ann',
    password: 'se:cret',
    serveraddress: 'registry.example',
  });
  expect(await credentialsFor('other.example/app', at)).toBeUndefined();
  expect(await credentialsFor('nginx', at)).toBeUndefined();
});

test.each([
  ['a user', { Username: 'ann', Secret: 'x' }, { username: 'ann', password: 'x' }],
  ['a token', { Username: '<token>', Secret: 't' }, { identitytoken: 't' }],
])('a helper gives %s', async (_, answer, credentials) => {
  const asked: unknown[] = [];
  const commander: Commander = {
    ...noHelper,
    async run(command, args, options) {
      asked.push([command, args, options?.input]);
      return { exitCode: 0, stdout: JSON.stringify(answer), stderr: '' };
    },
  };
  const dockerDirectory = await configured({ credsStore: 'pass', credHelpers: { 'gcr.example': 'gcr' } });
  const found = await credentialsFor('gcr.example/app', { dockerDirectory, commander });
  expect(found).toEqual({ ...credentials, serveraddress: 'gcr.example' });
  await credentialsFor('nginx', { dockerDirectory, commander });
  expect(asked).toEqual([
    ['docker-credential-gcr', ['get'], 'gcr.example'],
    ['docker-credential-pass', ['get'], 'https://index.docker.io/v1/'],
  ]);
});

test.each([
  ['a configuration that is no JSON', '{'],
  ['a helper that is not there', { credsStore: 'gone' }],
  ['an entry without a password', { auths: { 'registry.example': { auth: '' } } }],
])('%s: the registry is asked without credentials', async (_, config) => {
  const dockerDirectory = await configured(config);
  expect(
    await credentialsFor('registry.example/app', { dockerDirectory, commander: noHelper }),
  ).toBeUndefined();
});
