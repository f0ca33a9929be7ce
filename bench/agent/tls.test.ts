import tls from 'node:tls';
import { expect, test } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { selfSigned } from './certificate.fixture.ts';
import { connectionHolder } from './hold.ts';
import { probe } from './probe.ts';
import { response, serve } from './servers.fixture.ts';
import { noFaults, runSlice, serviceOrder, slice } from './slice.fixture.ts';
import { endpointOf } from './socket.ts';
import { tapped } from './tapped.fixture.ts';

const identity = selfSigned();

function fastTlsServer(bytes = response()) {
  return serve(({ socket }) => socket.write(bytes), undefined, identity);
}

test.each([100, 50_000])('https: answers of %d bytes are counted as those of http are', async (bodyBytes) => {
  const bytes = response({ bodyBytes });
  await using server = await fastTlsServer(bytes);
  const count = await slice(server, { expectedBodyBytes: bodyBytes });
  expect(count).toMatchObject({ faults: noFaults, totalConnections: 2 });
  expect(count.requests).toBeGreaterThan(0);
  expect(count.bytes).toBe(count.requests * bytes.length);
  expect(server.seen.connections).toBe(2);
  expect(server.seen.requests - count.totalRequests).toBeLessThanOrEqual(2);
});

test('https: answers that are alike are recognised by comparison', async () => {
  await using server = await serve(
    ({ socket }, seen) => {
      if (seen.requests >= 20) agent.gate.open = false;
      socket.write(response());
    },
    undefined,
    identity,
  );
  await using agent = await tapped(server.url);
  await agent.atRest();
  expect(agent.tally).toMatchObject({ totalRequests: 20, faults: noFaults });
  expect(agent.parsed).toEqual([response().toString()]);
});

test('https: a service that closes after some answers is connected to again', async () => {
  const closing = response({ headers: ['Connection: close'] });
  await using server = await serve(
    ({ socket, nth }) => (nth < 5 ? socket.write(response()) : socket.end(closing)),
    undefined,
    identity,
  );
  const count = await runSlice(serviceOrder(server.url, { connections: 1, sliceSeconds: 0.3 }));
  expect(count.faults).toEqual(noFaults);
  expect(count.reconnects).toBeGreaterThan(0);
});

test('https: faults are seen: a wrong status, and plain http where TLS is spoken', async () => {
  await using wrong = await fastTlsServer(response({ status: '500 No' }));
  const count = await slice(wrong);
  expect(count.faults).toEqual({ ...noFaults, non2xx: count.totalRequests });
  const plain = await slice({ ...wrong, url: wrong.url.replace('https', 'http') });
  expect(plain.requests).toBe(0);
  const { errors, lostOnReconnect, mismatches } = plain.faults;
  expect(errors + lostOnReconnect + mismatches).toBeGreaterThan(0);
});

test('https: probe and evidence connection speak TLS as well, offer HTTP/1.1, and send the name that is asked for', async () => {
  const asked: unknown[] = [];
  const server = tls.createServer({ ...identity, ALPNProtocols: ['h2', 'http/1.1'] }, (socket) => {
    asked.push([socket.alpnProtocol, 'servername' in socket ? socket.servername : undefined]);
    socket.on('data', () => socket.write(response()));
    socket.on('error', () => undefined);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  const request = { method: 'GET', path: '/', headers: { Host: 'shop.example' } };
  const order = { url, request, expectedBodyBytes: 100, withinSeconds: 10 };
  expect(await probe(order, systemClock.monotonicSeconds)).toMatchObject({ ready: true });
  const holder = connectionHolder();
  expect(await holder.hold({ url, request })).toMatchObject({ remoteAddress: '127.0.0.1' });
  await holder.release();
  expect(asked[1]).toEqual(['http/1.1', 'shop.example']);
  expect(asked[0]).toEqual([expect.anything(), 'shop.example']);
  await new Promise((resolve) => server.close(resolve));
});

test('an endpoint is that of the URL, with the port of its scheme, and a name for TLS only if there is one', () => {
  expect(endpointOf('http://10.0.0.1/x')).toEqual({ host: '10.0.0.1', port: 80 });
  expect(endpointOf('https://[fd00::1]/')).toEqual({ host: 'fd00::1', port: 443, tls: { servername: '' } });
  expect(endpointOf('https://10.0.0.1:8443/', 'shop.example:8443')).toEqual({
    host: '10.0.0.1',
    port: 8443,
    tls: { servername: 'shop.example' },
  });
  expect(() => endpointOf('ftp://10.0.0.1/')).toThrow('begins with neither http:// nor https://');
});
