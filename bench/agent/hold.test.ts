import { expect, test } from 'vitest';
import { connectionHolder } from './hold.ts';
import { fastServer } from './servers.fixture.ts';

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
