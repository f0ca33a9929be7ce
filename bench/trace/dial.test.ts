import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
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
  expect(() => targetOf(text)).toThrow(/names no host and port/);
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
    message: `nothing accepts connections at 127.0.0.1:${port}: connection refused`,
    hint: expect.stringContaining('ss -ltnp'),
  });
  await expect(dial({ host: '::1', port })).rejects.toThrow(`nothing accepts connections at [::1]:${port}: `);
});
