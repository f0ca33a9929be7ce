import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { mostHeadBytes } from './answer-reader.ts';
import { fastServer, response, type SmallServer, serve } from './servers.fixture.ts';
import { instruments, noFaults, orderFor, slice } from './slice.fixture.ts';
import { tapped } from './tapped.fixture.ts';
import { runTurns } from './turns.ts';

const answer = response().toString();
const earlyHints = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n';
const requestTimeout = 'HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\n\r\n';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';

/** The most that one read of a socket brings: Node's own buffer. */
const readBytes = 64 * 1024;

/** Two servers in turns: each rests, its connections open, while the other is under load. */
async function inTurns(one: SmallServer, other: SmallServer) {
  const sequence = [0, 1, 0, 1, 0, 1, 0, 1, 0, 1];
  const slices = [orderFor(one.url), orderFor(other.url)];
  const [first, second] = await runTurns({ slices, turnSeconds: 0.02, sequence }, instruments);
  if (first === undefined || second === undefined) throw new Error('two slices give two counts');
  return { first, second };
}

test.each([
  ['103', earlyHints],
  ['100, then 103', `HTTP/1.1 100 Continue\r\n\r\n${earlyHints}`],
])('interim answers are skipped: %s in one read with the answer', async (_, interim) => {
  await using server = await serve(({ socket }) => socket.write(interim + answer));
  const count = await slice(server);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(0);
  expect(server.seen.requests - count.totalRequests).toBeLessThanOrEqual(2);
});

test('an interim answer in a read of its own is skipped, the gate shut or not', async () => {
  const sockets: Socket[] = [];
  await using server = await serve(({ socket }) => {
    sockets.push(socket);
    socket.write(earlyHints);
  });
  await using agent = await tapped(server.url);
  for (const shut of [false, true]) {
    const socket = await whenAsked(server, sockets);
    await expect.poll(() => agent.reads.at(-1)).toBe(earlyHints);
    agent.gate.open = !shut;
    socket.write(answer);
  }
  await agent.atRest();
  expect(agent.reads).toEqual([earlyHints, answer, earlyHints, answer]);
  expect(agent.tally).toMatchObject({ faults: noFaults, totalRequests: 2, totalConnections: 1 });
});

async function whenAsked(server: SmallServer, sockets: Socket[]): Promise<Socket> {
  await expect.poll(() => sockets.length).toBeGreaterThan(0);
  const socket = sockets.shift();
  if (socket === undefined) throw new Error(`no request among ${server.seen.requests}`);
  return socket;
}

test.each([
  ['bytes that are not HTTP', 'surplus\r\n'],
  ['a second answer', answer],
  ['408 Request Timeout', requestTimeout],
  ['an interim answer', earlyHints],
])('a connection at rest that is sent %s: a mismatch, and a new connection', async (_, surplus) => {
  const sockets: Socket[] = [];
  await using server = await serve(({ socket }) => {
    if (sockets.push(socket) === 1) agent.gate.open = false;
    socket.write(answer);
  });
  await using agent = await tapped(server.url);
  await agent.atRest();
  // Its answer has been read, so that what is written now comes in a read of its own.
  sockets[0]?.write(surplus);
  await expect.poll(() => server.seen.connections).toBe(2);
  expect(agent.reads).toEqual([answer, surplus]);
  expect(agent.tally.faults).toEqual({ ...noFaults, mismatches: 1 });
  agent.gate.open = true;
  agent.connection.resume();
  await expect.poll(() => agent.tally.totalRequests).toBeGreaterThan(5);
  expect(agent.tally.faults).toEqual({ ...noFaults, mismatches: 1 });
});

test('a doubled answer as the gate shuts is one mismatch, and nothing crashes', async () => {
  await using server = await serve(({ socket }, seen) => {
    if (seen.requests === 1) agent.gate.open = false;
    socket.write(seen.requests === 1 ? answer + answer : answer);
  });
  await using agent = await tapped(server.url);
  await expect.poll(() => server.seen.connections).toBe(2);
  expect(agent.reads).toEqual([answer + answer]);
  expect(agent.tally.faults).toEqual({ ...noFaults, mismatches: 1 });
});

test('a server that answers while another has its turn: its slice does not count, and the other does', async () => {
  const resting = new Set<Socket>();
  await using hostile = await serve(({ socket }) => {
    resting.add(socket);
    socket.write(answer);
  });
  await using fast = await serve(({ socket }) => {
    for (const it of resting) it.write(answer);
    resting.clear();
    socket.write(answer);
  });
  const { first, second } = await inTurns(hostile, fast);
  expect(first.faults).toEqual({ ...noFaults, mismatches: first.faults.mismatches });
  expect(first.faults.mismatches).toBeGreaterThan(0);
  expect(second.faults).toEqual(noFaults);
  expect(second.requests).toBeGreaterThan(0);
});

/** Writes `piece` over and over, until the connection is gone. */
function pour(socket: Socket, piece: string): void {
  const more = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket.on('drain', more);
  more();
}

const line = 'x'.repeat(8 * 1024);
test.each([
  ['a status line', '', `HTTP/1.1 200 ${line}`, line],
  ['a header', 'HTTP/1.1 200 OK\r\nX: ', line, line],
  ['headers', 'HTTP/1.1 200 OK\r\n', '', `X: ${line}\r\n`],
  [
    'headers after a Content-Length that is no number',
    'HTTP/1.1 200 OK\r\nContent-Length: x\r\n\r\nx',
    '',
    `X: ${line}\r\n`,
  ],
  ['empty lines', '', '', '\r\n'.repeat(4096)],
  ['interim answers', '', '', earlyHints.repeat(128)],
  ['a chunk size', chunked, '', '0'.repeat(8 * 1024)],
  ['a chunk extension', chunked, '5;', line],
  ['the line after a chunk', chunked, '2\r\nxx', line],
  ['a trailer', chunked, '0\r\nX: ', line],
  ['trailers', chunked, '0\r\n', `X: ${line}\r\n`],
  ['a chunked body', chunked, '', `2000\r\n${line}\r\n`],
  ['a body without a length', 'HTTP/1.1 200 OK\r\n\r\n', '', line],
  ['a body longer than announced', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n', '', line],
  ['a body of 9 PB', 'HTTP/1.1 200 OK\r\nContent-Length: 9007199254740991\r\n\r\n', '', line],
])('%s without end: a mismatch each time, and little is kept', async (_, head, start, piece) => {
  await using server = await serve(({ socket }) => {
    socket.write(head + start);
    pour(socket, piece.repeat(8));
  });
  await using agent = await tapped(server.url, 5);
  await agent.atRest(); // given up
  const { mismatches } = agent.tally.faults;
  expect(mismatches).toBeGreaterThanOrEqual(5);
  expect(agent.tally.faults).toEqual({ ...noFaults, mismatches });
  expect(agent.mostKept()).toBeLessThanOrEqual(mostHeadBytes + 2 * readBytes);
});

test.each([
  ['a chunk size that is no number', `${chunked}64\r\n${'x'.repeat(100)}\r\nzz\r\n\r\n`],
  ['no chunk size', `${chunked}64\r\n${'x'.repeat(100)}\r\n\r\n\r\n`],
  ['a chunk size below 0', `${chunked}-5\r\n\r\n`],
  // As many bytes as the head has: a parser that goes back by them reads it again, for ever.
  ['a length below 0', 'HTTP/1.1 200 OK\r\nContent-Length: -40\r\n\r\nx'],
  ['a length that is no whole number', 'HTTP/1.1 200 OK\r\nContent-Length: 1.5\r\n\r\nxx'],
  ['an interim answer with chunks', 'HTTP/1.1 103 Early Hints\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
  [
    'a protocol that nobody asked to switch to',
    'HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\nUpgrade: x\r\n\r\nhello',
  ],
])('%s is a fault, and the agent lives on', async (_, text) => {
  await using hostile = await serve(({ socket }) => socket.write(text));
  await using fast = await fastServer();
  const { first, second } = await inTurns(hostile, fast);
  expect(first.requests).toBe(0);
  expect(first.faults.mismatches + first.faults.non2xx).toBeGreaterThan(0);
  expect(first.faults.mismatches).toBeLessThanOrEqual(102);
  expect(first.faults).toMatchObject({ errors: 0, timeouts: 0, lostOnReconnect: 0 });
  expect(second.faults).toEqual(noFaults);
  expect(second.requests).toBeGreaterThan(0);
});
