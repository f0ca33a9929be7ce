import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import fc from 'fast-check';
import { expect, onTestFinished, test } from 'vitest';
import { answerTo } from './name-server.ts';

/** A resolver that asks `answerTo` over a socket of loopback: binding DNS's own port takes more than a test may. */
async function resolver(): Promise<Resolver> {
  const socket = createSocket('udp4');
  socket.on('message', (question, { address, port }) => {
    const answer = answerTo(question);
    if (answer !== undefined) socket.send(answer, port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  onTestFinished(() => void socket.close());
  const asking = new Resolver({ timeout: 5_000, tries: 1 });
  asking.setServers([`127.0.0.1:${socket.address().port}`]);
  return asking;
}

test('any name has one IPv4 address, and no other records', async () => {
  const asking = await resolver();
  expect(await asking.resolve4('name.bench.test')).toEqual(['192.0.2.1']);
  await expect(asking.resolve6('name.bench.test')).rejects.toMatchObject({ code: 'ENODATA' });
});

test('whatever is sent, there is an answer to a question or none', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
      const answer = answerTo(Buffer.from(bytes));
      if (answer === undefined) return;
      expect(answer.subarray(0, 2)).toEqual(Buffer.from(bytes).subarray(0, 2));
      expect(answer.length).toBeLessThanOrEqual(bytes.length + 16);
    }),
    { seed: 1 },
  );
});
