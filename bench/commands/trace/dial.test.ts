import { once } from 'node:events';
import { type AddressInfo, createServer, type LookupFunction, type Server, type Socket } from 'node:net';
import { expect, onTestFinished, test } from 'vitest';
import { dial, targetOf } from './dial.ts';

async function listening(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  return (server.address() as AddressInfo).port;
}

test.each([
  ['http://127.0.0.1:8080/a?b', { host: '127.0.0.1', port: 8080 }],
  ['https://example.org', { host: 'example.org', port: 443 }],
  ['localhost:5432', { host: 'localhost', port: 5432 }],
  ['localhost', { host: 'localhost', port: 80 }],
  ['redis://[::1]:6379', { host: '::1', port: 6379 }],
])('%s is dialled at %j', (text, target) => {
  expect(targetOf(text)).toEqual(target);
});

test.each(['', 'redis://host', 'http://:80', 'a b:80'])('%j is refused with an example', (text) => {
  expect(() => targetOf(text)).toThrow(/has no host and port/);
});

test.each([
  ['8080', '"8080" has no host', 'bench trace localhost:8080'],
  ['1', '"1" has no host', 'bench trace localhost:1'],
  [':8080', '":8080" has no host', 'bench trace localhost:8080'],
  ['99999', '"99999" has no host', 'bench trace localhost:5432'],
  ['8080:80', '"8080:80" has no host', 'bench trace localhost:8080'],
  ['http://8080/path', '"http://8080/path" has no host', 'bench trace localhost:8080'],
  ['redis://8080:6379', '"redis://8080:6379" has no host', 'bench trace localhost:8080'],
  ['http://me@8080/', '"http://me@8080/" has no host', 'bench trace localhost:8080'],
  ['0x7f.1', '"0x7f.1" is not a plain host name: a URL reads it as 127.0.0.1', 'write it in full: 127.0.0.1'],
  ['0x7f000001:80', 'a URL reads it as 127.0.0.1', 'write it in full: 127.0.0.1'],
  ['0177.0.0.1:80', 'a URL reads it as 127.0.0.1', 'write it in full: 127.0.0.1'],
  ['127.1:8080', 'a URL reads it as 127.0.0.1', 'write it in full: 127.0.0.1'],
  ['127.0.0.010', 'a URL reads it as 127.0.0.8', 'write it in full: 127.0.0.8'],
])('%j: a number that a URL would make an address of is refused', (text, message, hint) => {
  expect(() => targetOf(text)).toThrow(
    expect.objectContaining({
      exitCode: 2,
      message: expect.stringContaining(message),
      hint: expect.stringContaining(hint),
    }),
  );
});

/** A name server's answer, as Node gives it. */
function resolverError(code: string): LookupFunction {
  return (name, _options, answered) => {
    const error = Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code });
    setImmediate(() => answered(error, []));
  };
}

test.each(['EAI_AGAIN', 'EAI_FAIL'])('%s: the name server is to blame, not the URL', async (code) => {
  const dialling = dial({ host: 'example.com', port: 80 }, { resolve: resolverError(code) });
  await expect(dialling).rejects.toMatchObject({
    exitCode: 3,
    message: `the name server did not answer for example.com: getaddrinfo ${code} example.com`,
    hint: expect.stringContaining('/etc/resolv.conf'),
  });
});

test('a name server that says nothing at all is not taken for a firewall', async () => {
  const dialling = dial({ host: 'example.com', port: 80 }, { resolve: () => {}, seconds: 0.05 });
  await expect(dialling).rejects.toMatchObject({
    exitCode: 3,
    message: 'the name server did not answer for example.com',
  });
});

test('a name that there is not may be that of a container', async () => {
  await expect(
    dial({ host: 'web-1', port: 80 }, { resolve: resolverError('ENOTFOUND') }),
  ).rejects.toMatchObject({
    exitCode: 2,
    message: 'there is no host web-1: getaddrinfo ENOTFOUND web-1',
    hint: expect.stringContaining('names of containers do not resolve on the host'),
  });
});

test('both ends are those of the socket, nothing is sent, and leaving closes it', async () => {
  const server = createServer();
  const port = await listening(server);
  const connection: Promise<[Socket]> = once(server, 'connection') as Promise<[Socket]>;
  const dialled = await dial({ host: '127.0.0.1', port });
  const [accepted] = await connection;
  accepted.resume();
  {
    using held = dialled;
    expect(held.remote).toEqual({ address: '127.0.0.1', port });
    expect(held.local).toEqual({ address: '127.0.0.1', port: accepted.remotePort });
    expect(held.closed()).toBe(false);
  }
  await once(accepted, 'close');
  expect(accepted.bytesRead).toBe(0);
});

test('nobody listens: says so with the address, and how to see who does', async () => {
  const server = createServer();
  const port = await listening(server);
  await new Promise<void>((resolve) => void server.close(() => resolve()));
  await expect(dial({ host: '127.0.0.1', port })).rejects.toMatchObject({
    kind: 'casesFailed',
    message: `no process accepts connections at 127.0.0.1:${port}: connection refused`,
    hint: expect.stringContaining('ss -ltnp'),
  });
  await expect(dial({ host: '::1', port })).rejects.toThrow(
    `no process accepts connections at [::1]:${port}: `,
  );
});
