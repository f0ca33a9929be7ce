import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { connectionHolder } from './hold.ts';
import { fastServer, response, serve } from './servers.fixture.ts';

test('a held connection is open, names both of its ends, and is closed by its release', async () => {
  await using server = await fastServer();
  const holder = connectionHolder();
  const held = await holder.hold({ url: server.url });
  expect(held).toMatchObject({ remoteAddress: '127.0.0.1', remotePort: Number(new URL(server.url).port) });
  expect(held.localPort).toBeGreaterThan(0);
  const again = await holder.hold({ url: server.url });
  expect(again.localPort).not.toBe(held.localPort);
  await holder.release();
  await holder.release();
});

test('what cannot be held is refused with the URL and the reason', async () => {
  await expect(connectionHolder().hold({ url: 'http://127.0.0.1:9/body' })).rejects.toThrow(
    /http:\/\/127\.0\.0\.1:9\/body did not answer .*ECONNREFUSED/,
  );
});

/** Ports of the clients whose connections the server has not closed, and all text that came. */
async function observed(answer: string | Buffer, after: (socket: Socket) => void) {
  const open = new Set<number | undefined>();
  let text = '';
  const server = await serve(
    ({ socket }) => {
      socket.write(answer);
      after(socket);
    },
    (socket) => {
      const { remotePort } = socket;
      open.add(remotePort);
      socket.on('close', () => open.delete(remotePort));
      socket.on('data', (chunk) => {
        text += chunk.toString();
      });
      socket.resume();
    },
  );
  return { server, open, text: () => text };
}

const stays = () => undefined;
const ends = (socket: Socket) => socket.end();

test.each<[string, string | Buffer, (socket: Socket) => void, number]>([
  ['keeps connections', response(), stays, 1],
  ['sends an interim answer first', `HTTP/1.1 103 Early Hints\r\n\r\n${response()}`, stays, 1],
  ['answers without a body', 'HTTP/1.1 204 No Content\r\n\r\n', stays, 1],
  ['answers in chunks', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n\r\n', stays, 1],
  ['says that it closes', response({ headers: ['Connection: close'] }), ends, 2],
  ['answers by HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\nx', ends, 2],
  ['ends its body with the connection', 'HTTP/1.1 200 OK\r\n\r\nx', ends, 2],
])('the connection that is named stays open at a server that %s', async (_, answer, after, connections) => {
  const { server, open, text } = await observed(answer, after);
  await using _server = server;
  const holder = connectionHolder();
  const { localPort } = await holder.hold({ url: server.url });
  await expect.poll(() => [...open]).toEqual([localPort]);
  expect(server.seen.connections).toBe(connections);
  // A second request is not ended, so that it is never answered.
  await expect.poll(() => text().split('GET / HTTP/1.1').length - 1).toBe(connections);
  expect(server.seen.requests).toBe(1);
  await holder.release();
  await server.idle();
});

test('what is asked on the connection is the request of the plan', async () => {
  const { server, text } = await observed(response(), stays);
  await using _server = server;
  const holder = connectionHolder();
  const headers = { Host: 'shop.example' };
  await holder.hold({ url: `${server.url}x`, request: { method: 'POST', path: '/x', headers, body: 'q=1' } });
  await holder.release();
  expect(text()).toMatch(/^POST \/x HTTP\/1\.1\r\nHost: shop\.example\r\n.*\r\n\r\nq=1$/s);
});
