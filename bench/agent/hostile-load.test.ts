import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import type { SliceCount, SliceOrder } from '../model/load-agent.ts';
import { fastServer, response, type SmallServer, serve } from './servers.fixture.ts';
import { instruments, noFaults, orderFor, runSlice, serviceOrder } from './slice.fixture.ts';
import { runTurns } from './turns.ts';

/*
 * Servers that die, hang or never come to an end. What they do is counted, and a slice ends in time whatever they do:
 * no test here waits for a server, and one that hung would meet the time limit of all tests.
 */

type Order = (url: string, change?: Partial<Omit<SliceOrder, 'expectedBodyBytes'>>) => SliceOrder;

const framings: readonly (readonly [string, Order])[] = [
  ['a fixed length', orderFor],
  ['no fixed length', serviceOrder],
];

/** Its timeout is never reached: that the slice ends is its own doing. */
const patient = { timeoutSeconds: 3600 } as const;
const whole = response();

/** A healthy server beside a hostile one, in turns. */
async function beside(
  hostile: SmallServer,
  orderOf: Order,
): Promise<{ first: SliceCount; second: SliceCount }> {
  await using fast = await fastServer();
  const slices = [orderOf(hostile.url, patient), orderFor(fast.url, patient)];
  const sequence = [0, 1, 0, 1];
  const [first, second] = await runTurns({ slices, turnSeconds: 0.02, sequence }, instruments);
  if (first === undefined || second === undefined) throw new Error('two slices give two counts');
  return { first, second };
}

/** Writes `piece` again and again, without end; as fast as it is read, or after a pause each time. */
function pour(socket: Socket, piece: Buffer, pauseMs?: number): void {
  const more = () => {
    if (pauseMs === undefined) while (!socket.destroyed && socket.write(piece));
    else if (!socket.destroyed) socket.write(piece, () => setTimeout(more, pauseMs));
  };
  if (pauseMs === undefined) socket.on('drain', more);
  more();
}

const unending: readonly (readonly [string, (socket: Socket) => void])[] = [
  ['never ends its body', (socket) => socket.write(response({ bodyBytes: 60, announcedBytes: 100 }))],
  ['trickles its head', (socket) => pour(socket, Buffer.from('X'), 2)],
  [
    'trickles its body',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n');
      pour(socket, Buffer.from('x'), 2);
    },
  ],
  [
    'pours a body without end',
    (socket) => {
      socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
      pour(socket, Buffer.from(`1000\r\n${'x'.repeat(4096)}\r\n`));
    },
  ],
];

for (const [framing, orderOf] of framings) {
  test(`1,000 connections, ${framing}: all are open and answered, and none is left behind`, async () => {
    await using server = await fastServer();
    const count = await runSlice(orderOf(server.url, { connections: 1000, rampSeconds: 1, sliceSeconds: 1 }));
    expect(count).toMatchObject({ faults: noFaults, totalConnections: 1000 });
    expect(count.totalRequests).toBeGreaterThanOrEqual(1000);
    expect(server.seen.connections).toBe(1000);
    expect(server.seen.requests - count.totalRequests).toBeLessThanOrEqual(1000);
    await server.idle();
  });

  test(`a server that dies in mid-slice, ${framing}: its requests are counted as faults, and it is given up`, async () => {
    const sockets = new Set<Socket>();
    const server = await serve(({ socket }, seen) => {
      sockets.add(socket);
      if (seen.requests < 50) socket.write(whole);
      else if (seen.requests === 50) {
        // Half an answer, and nothing listens any more.
        socket.write(whole.subarray(0, -50));
        void server[Symbol.asyncDispose]();
      }
    });
    const count = await runSlice(orderOf(server.url, patient));
    expect(count.totalRequests).toBe(49);
    const { errors, lostOnReconnect } = count.faults;
    expect(count.faults).toEqual({ ...noFaults, errors, lostOnReconnect });
    expect(lostOnReconnect + errors).toBeGreaterThan(2);
    expect(lostOnReconnect + errors).toBeLessThanOrEqual(104);
  });

  test(`1,000 connections whose server dies, ${framing}: a bounded number of faults`, async () => {
    const server = await serve(({ socket }, seen) => {
      if (seen.requests <= 1500) socket.write(whole);
      else if (seen.requests === 1501) void server[Symbol.asyncDispose]();
    });
    const order = { ...patient, connections: 1000, rampSeconds: 0.5, sliceSeconds: 1 };
    const count = await runSlice(orderOf(server.url, order));
    const { errors, lostOnReconnect } = count.faults;
    expect(count.faults).toEqual({ ...noFaults, errors, lostOnReconnect });
    expect(errors + lostOnReconnect).toBeGreaterThan(0);
    // Each connection is lost once, and refused at most once more before all are given up.
    expect(errors + lostOnReconnect).toBeLessThanOrEqual(2 * 1000 + 100);
  });

  test.each(unending)(`a server that %s, ${framing}: a fault for each request`, async (_, answer) => {
    await using server = await serve(({ socket }) => answer(socket));
    const { first, second } = await beside(server, orderOf);
    expect(first.requests).toBe(0);
    const { timeouts, mismatches } = first.faults;
    expect(timeouts + mismatches).toBeGreaterThanOrEqual(2);
    expect(first.faults).toEqual({ ...noFaults, timeouts, mismatches });
    expect(second.faults).toEqual(noFaults);
    expect(second.requests).toBeGreaterThan(0);
  });

  test(`one request of many is answered by a trickle, ${framing}: one fault, and the others count`, async () => {
    await using server = await serve(({ socket }, seen) => {
      if (seen.requests === 20) pour(socket, Buffer.from('H'), 2);
      else socket.write(whole);
    });
    const count = await runSlice(orderOf(server.url, { ...patient, connections: 8 }));
    expect(count.requests).toBeGreaterThan(0);
    expect(count.faults).toEqual({ ...noFaults, timeouts: 1 });
  });

  test(`a request has its time from the moment it is sent, whatever trickles in, ${framing}`, async () => {
    await using server = await serve(({ socket }) => pour(socket, Buffer.from('H'), 2));
    const count = await runSlice(orderOf(server.url, { timeoutSeconds: 0.05, sliceSeconds: 0.4 }));
    expect(count.requests).toBe(0);
    expect(count.faults.timeouts).toBeGreaterThanOrEqual(4);
    expect(count.faults).toEqual({ ...noFaults, timeouts: count.faults.timeouts });
  });
}

test('a service that pours without end is not read while another server has its turn', async () => {
  let pouring = 0;
  let lastSeen = Number.NaN;
  await using service = await serve(({ socket }) => {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    pouring++;
    socket.on('close', () => pouring--);
    pour(socket, Buffer.from(`1000\r\n${'x'.repeat(4096)}\r\n`));
  });
  await using fast = await serve(({ socket }) => {
    lastSeen = pouring;
    socket.write(whole);
  });
  const slices = [serviceOrder(service.url, patient), orderFor(fast.url, patient)];
  const [first] = await runTurns({ slices, turnSeconds: 0.02, sequence: [0, 1] }, instruments);
  const { timeouts = 0 } = first?.faults ?? {};
  expect(timeouts).toBeGreaterThanOrEqual(2);
  expect(first?.faults).toEqual({ ...noFaults, timeouts });
  expect(lastSeen).toBe(0);
});
