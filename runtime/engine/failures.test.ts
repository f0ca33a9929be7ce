import { expect, test } from 'vitest';
import { Failure } from '../../bench/model/failure.ts';
import type { Endpoint } from './endpoint.ts';
import { connectionFailure, endpointWarnings, nothingListens } from './failures.ts';

const socket: Endpoint = { found: 'socket', url: 'unix:///var/run/docker.sock' };
const host: Endpoint = { found: 'DOCKER_HOST', url: 'tcp://198.51.100.7:2375' };
const context: Endpoint = { found: 'context', url: 'tcp://198.51.100.8:2375' };
const ssh: Endpoint = { found: 'DOCKER_HOST', url: 'ssh://lab' };

function systemError(code: string): Error {
  return Object.assign(new Error(`connect ${code} somewhere`), { code });
}

test.each([
  [
    'EACCES',
    socket,
    'no permission to use the engine at unix:///var/run/docker.sock (from the default socket)',
    'Join the group docker and log in again: sudo usermod -aG docker "$USER". Or run bench as root.',
  ],
  [
    'ENOENT',
    socket,
    'no engine answers at unix:///var/run/docker.sock (from the default socket)',
    'Start it with: systemctl start docker. Or let bench install and start one: bench run --setup',
  ],
  [
    'ECONNREFUSED',
    host,
    'no engine answers at tcp://198.51.100.7:2375 (from DOCKER_HOST)',
    'Start that engine, or unset DOCKER_HOST.',
  ],
  [
    'ECONNREFUSED',
    context,
    "no engine answers at tcp://198.51.100.8:2375 (from Docker's current context)",
    'Start that engine, or unset the context (docker context use default).',
  ],
  [
    'ECONNRESET',
    host,
    'the engine at tcp://198.51.100.7:2375 (from DOCKER_HOST) cannot be used: connect ECONNRESET somewhere',
    'Check it with: docker info',
  ],
])('%s from an engine: where, how it was found, and what to do', (code, endpoint, message, hint) => {
  const cause = systemError(code);
  const failure = connectionFailure(cause, endpoint);
  expect(failure).toMatchObject({ kind: 'unfit', message, hint, cause });
  expect(failure.exitCode).toBe(3);
});

test('a failure that says all already stays as it is', () => {
  const failure = new Failure('unfit', 'too old');
  expect(connectionFailure(failure, socket)).toBe(failure);
});

test('another engine may be tried only where nothing listens', () => {
  for (const code of ['ENOENT', 'ECONNREFUSED']) {
    expect(nothingListens(connectionFailure(systemError(code), socket))).toBe(true);
  }
  for (const code of ['EACCES', 'EPERM', 'ECONNRESET', 'ETIMEDOUT']) {
    expect(nothingListens(connectionFailure(systemError(code), socket))).toBe(false);
  }
  expect(nothingListens('ENOENT')).toBe(false);
});

/** As ssh2 1.17 throws it. */
function sshError(level: string, message: string, code?: string): Error {
  return Object.assign(new Error(message), { level, ...(code === undefined ? {} : { code }) });
}

test.each([
  [
    'no key and no agent',
    ssh,
    sshError('client-authentication', 'All configured authentication methods failed'),
    'its machine requires a key, and no ssh-agent is running (SSH_AUTH_SOCK is not set)',
  ],
  [
    'an agent whose keys do not fit',
    { ...ssh, sshAgent: '/tmp/agent.1' },
    sshError('client-authentication', 'All configured authentication methods failed'),
    'its machine requires a key, and the ssh-agent at /tmp/agent.1 has none that is accepted',
  ],
  [
    'an alias of ~/.ssh/config',
    ssh,
    sshError('client-socket', 'getaddrinfo ENOTFOUND lab', 'ENOTFOUND'),
    'getaddrinfo ENOTFOUND lab',
  ],
  [
    'a port that only ~/.ssh/config knows',
    ssh,
    sshError('client-socket', 'connect ECONNREFUSED 192.0.2.7:22', 'ECONNREFUSED'),
    'connect ECONNREFUSED 192.0.2.7:22',
  ],
  ['no user', ssh, new Error('Invalid username'), 'it names no user'],
])('an engine over SSH, %s: says what bench needs', (_, endpoint, cause, why) => {
  expect(connectionFailure(cause, endpoint)).toMatchObject({
    kind: 'unfit',
    message: `the engine at ssh://lab (from DOCKER_HOST) cannot be used: ${why}`,
    hint: expect.stringMatching(
      /ssh-agent: eval "\$\(ssh-agent\)"; ssh-add\nbench does not read ~\/\.ssh\/config/,
    ),
    cause,
  });
});

test('that the host key of an engine over SSH is not checked is said, and of no other', () => {
  expect(endpointWarnings(ssh).join('\n')).toMatch(/^warning: the host key of ssh:\/\/lab is not checked\n/);
  for (const endpoint of [socket, host, context]) expect(endpointWarnings(endpoint)).toEqual([]);
});
