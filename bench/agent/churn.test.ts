import { once } from 'node:events';
import net from 'node:net';
import tls from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { littlesLawRatio, validityLimits } from '../model/validity-rules.ts';
import { type Identity, selfSigned } from './certificate.fixture.ts';
import { fastServer, refusingUrl, response, serve, slowServer } from './servers.fixture.ts';
import { instruments, noFaults, orderFor, runSlice, serviceOrder, slice } from './slice.fixture.ts';
import { runTurns } from './turns.ts';

const churn = { newConnections: true, connections: 1 } as const;

test('each request has a connection of its own, and every one of them counts', async () => {
  await using server = await fastServer();
  const count = await slice(server, churn);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
  expect(server.seen).toEqual({ connections: count.totalConnections, requests: count.totalRequests });
  expect(count.totalConnections).toBe(count.totalRequests);
});

test('connect, first byte and whole answer are times from the beginning of the connection', async () => {
  const bytes = response();
  // The first half comes 5 ms after the request, the second half 5 ms after the first.
  const later = (act: () => void) => setTimeout(act, 5);
  await using server = await serve(({ socket }) => {
    later(() => socket.write(bytes.subarray(0, -50), () => later(() => socket.write(bytes.subarray(-50)))));
  });
  const { connect, firstByte, latency, requests, faults } = await slice(server, {
    ...churn,
    sliceSeconds: 0.3,
  });
  expect(faults).toEqual(noFaults);
  expect(requests).toBeGreaterThan(0);
  const [connected, begun, whole] = [connect, firstByte, latency].map((it) => it?.p50Us ?? Number.NaN);
  expect(begun).toBeGreaterThan((connected ?? Number.NaN) + 3_000);
  expect(whole).toBeGreaterThan((begun ?? Number.NaN) + 3_000);
  for (const times of [connect, firstByte]) expect(times?.maxUs).toBeLessThanOrEqual(latency?.maxUs ?? 0);
});

/** A fast server that counts the connections which end with a reset. */
async function resetCounter(identity?: Identity) {
  const resets = { count: 0 };
  const server = await serve(
    ({ socket }) => socket.write(response()),
    (socket) => {
      socket.on('error', (error) => {
        if ('code' in error && error.code === 'ECONNRESET') resets.count++;
      });
      socket.resume();
    },
    identity,
  );
  return { server, resets };
}

test('the client resets each connection: neither side keeps it in TIME_WAIT', async () => {
  const { server, resets } = await resetCounter();
  await using _ = server;
  const count = await slice(server, churn);
  await server.idle();
  expect(count.totalConnections).toBeGreaterThan(0);
  expect(resets.count).toBe(count.totalConnections);
});

test("the client's work between two connections is not the server's: Little's law holds", async () => {
  await using server = await slowServer(1);
  const count = await slice(server, churn);
  const ratio = littlesLawRatio({ ...count, connections: 1 });
  expect(count.gapSeconds).toBeGreaterThan(0);
  expect(ratio).toBeGreaterThan(validityLimits.littlesLaw.low);
  expect(ratio).toBeLessThan(validityLimits.littlesLaw.high);
});

test('in turns, no connection is open between them', async () => {
  await using one = await fastServer();
  await using other = await fastServer();
  const slices = [one, other].map(({ url }) => orderFor(url, churn));
  const counts = await runTurns({ slices, turnSeconds: 0.02, sequence: [0, 1, 1, 0, 0, 1] }, instruments);
  for (const [index, server] of [one, other].entries()) {
    expect(counts[index]?.faults).toEqual(noFaults);
    expect(counts[index]?.totalConnections).toBe(server.seen.connections);
    expect(counts[index]?.turnRates.length).toBeGreaterThan(0);
    await server.idle();
  }
});

test('a server that closes first, as Connection: close asks for, is no fault', async () => {
  await using server = await serve(({ socket }) => socket.end(response({ headers: ['Connection: close'] })));
  const count = await slice(server, churn);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
});

test('every fault is counted once, and nothing hangs', async () => {
  await using cut = await serve(({ socket }) => socket.end(response({ announcedBytes: 200 })));
  const lost = await slice(cut, { ...churn, expectedBodyBytes: 200 });
  expect(lost.requests).toBe(0);
  expect(lost.faults).toEqual({ ...noFaults, lostOnReconnect: lost.totalConnections });
  expect(lost.totalConnections).toBeGreaterThan(0);

  await using failing = await fastServer({ status: '503 Service Unavailable' });
  const refused = await slice(failing, churn);
  expect(refused.faults).toEqual({ ...noFaults, non2xx: refused.totalRequests });

  await using short = await fastServer({ bodyBytes: 99 });
  const wrong = await slice(short, churn);
  expect(wrong.faults).toEqual({ ...noFaults, mismatches: wrong.totalRequests });

  await using silent = await serve(() => undefined);
  const silence = await slice(silent, { ...churn, timeoutSeconds: 3600 });
  expect(silence).toMatchObject({ requests: 0, faults: { ...noFaults, timeouts: 1 } });

  const nothing = await runSlice(orderFor(await refusingUrl(), churn));
  const { errors } = nothing.faults;
  expect(nothing).toMatchObject({ totalConnections: 0, faults: { ...noFaults, errors } });
  expect(errors).toBeGreaterThan(0);
  // More are not made in a row.
  expect(errors).toBeLessThanOrEqual(100);
});

test('a request that takes longer than its timeout is one, and the next connection is a new one', async () => {
  await using server = await serve(({ socket }, seen) => {
    if (seen.requests > 1) socket.write(response());
  });
  const count = await slice(server, { ...churn, timeoutSeconds: 0.03 });
  const { timeouts } = count.faults;
  expect(count.faults).toEqual({ ...noFaults, timeouts });
  expect(timeouts).toBeGreaterThanOrEqual(1);
  expect(count.requests).toBeGreaterThan(0);
});

test('with TLS each connection makes a whole handshake, whose time is apart from that of the connect, and is reset as well', async () => {
  await using plain = await fastServer();
  const { server: secure, resets } = await resetCounter(selfSigned());
  await using _ = secure;
  const lengths = { ...churn, sliceSeconds: 0.3 };
  const [one, other] = [await slice(plain, lengths), await slice(secure, lengths)];
  expect(other.faults).toEqual(noFaults);
  expect(other.requests).toBeGreaterThan(0);
  expect(other.totalConnections).toBe(other.totalRequests);
  expect(one.handshake).toBeUndefined();
  // One after the other, they are what comes before the request is sent.
  expect(other.handshake?.p50Us).toBeGreaterThan(0);
  expect(other.handshake?.p50Us).toBeLessThan(other.firstByte?.p50Us ?? Number.NaN);
  expect(other.connect?.p50Us).toBeLessThan(other.firstByte?.p50Us ?? Number.NaN);
  await secure.idle();
  expect(resets.count).toBe(other.totalConnections);

  const refused = await runSlice(orderFor((await refusingUrl()).replace('http:', 'https:'), churn));
  const { errors } = refused.faults;
  expect(refused).toMatchObject({ totalConnections: 0, faults: { ...noFaults, errors } });
  expect(errors).toBeGreaterThan(0);
});

test('a server that begins the handshake late: the handshake takes that long, and the connect does not', async () => {
  const identity = selfSigned();
  const lateMs = 40;
  const server = net.createServer((socket) => {
    setTimeout(() => {
      new tls.TLSSocket(socket, { isServer: true, ...identity })
        .on('error', () => undefined)
        .on('data', function (this: tls.TLSSocket) {
          this.write(response());
        });
    }, lateMs);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
  const count = await runSlice(orderFor(url, { ...churn, sliceSeconds: 0.5 }));
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
  expect(count.handshake?.p50Us).toBeGreaterThan((lateMs - 2) * 1e3);
  expect(count.connect?.p50Us).toBeLessThan(count.handshake?.p50Us ?? Number.NaN);
  expect(count.firstByte?.p50Us).toBeGreaterThan(count.handshake?.p50Us ?? Number.NaN);
});

test('an answer that the end of the connection ends is whole, where its length is not fixed', async () => {
  await using server = await serve(({ socket }) => socket.end('HTTP/1.0 200 OK\r\n\r\nhello'));
  const count = await runSlice(serviceOrder(server.url, churn));
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
});
