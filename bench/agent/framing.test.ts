import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { type Answer, response, type SmallServer, serve } from './servers.fixture.ts';
import { noFaults, slice } from './slice.fixture.ts';
import { type Tapped, tapped } from './tapped.fixture.ts';

/*
 * What a comparison with the last right answer could miss. Each server first gives answers that the agent learns from,
 * then one that differs.
 */

const right = response();

/** Answers as said, in order, over and over; each array is one write a piece. */
function cyclic(answers: readonly Buffer[]): Promise<SmallServer> {
  return serve(({ socket }, seen) => socket.write(answers[(seen.requests - 1) % answers.length] ?? right));
}

/** Gives the agent so many right answers and then one other, and right ones again. The gate shuts after `last` answers. */
async function oneAmong(other: string | Buffer, last = 20): Promise<{ server: SmallServer; agent: Tapped }> {
  const server = await serve(({ socket }, seen) => {
    if (seen.requests >= last) agent.gate.open = false;
    socket.write(seen.requests === 10 ? other : right);
  });
  const agent = await tapped(server.url);
  await agent.atRest();
  return { server, agent };
}

test('answers that are alike are counted by comparison: the parser sees the first one only', async () => {
  const { server, agent } = await oneAmong(right);
  await using _server = server;
  await using _agent = agent;
  expect(agent.tally).toMatchObject({ totalRequests: 20, totalConnections: 1, faults: noFaults });
  expect(agent.parsed).toEqual([right.toString()]);
});

test.each<[string, Answer, object]>([
  ['another status of the same length', { status: '404 OK' }, { non2xx: 1 }],
  ['a server error', { status: '500 Internal Server Error' }, { non2xx: 1 }],
  ['a longer body, as announced', { bodyBytes: 101 }, { mismatches: 1 }],
  ['a shorter body, as announced', { bodyBytes: 99 }, { mismatches: 1 }],
  ['another length of the head', { headers: ['X-Other: yes'] }, {}],
  ['another status that is as good', { status: '203 OK' }, {}],
])('one answer among many with %s is seen', async (_, answer, faults) => {
  const { server, agent } = await oneAmong(response(answer));
  await using _server = server;
  await using _agent = agent;
  expect(agent.tally.faults).toEqual({ ...noFaults, ...faults });
  expect(agent.tally).toMatchObject({ totalRequests: 20, totalConnections: 1 });
});

test.each([
  ['more bytes than its head announces', response({ bodyBytes: 101, announcedBytes: 100 })],
  ['a second answer in one read', Buffer.concat([right, right])],
  ['an interim answer behind it', Buffer.concat([right, Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n')])],
  ['bytes that are not HTTP', Buffer.from('220 smtp ready\r\n')],
  ['nothing of its head but the first byte right', Buffer.from('Hello, world!\r\n\r\n')],
])('one answer among many with %s is one mismatch, and a new connection', async (_, other) => {
  const { server, agent } = await oneAmong(other);
  await using _server = server;
  await using _agent = agent;
  expect(agent.tally.faults).toEqual({ ...noFaults, mismatches: 1 });
  expect(agent.tally.totalConnections).toBe(2);
});

test('chunked answers, and answers with an interim one, are right wherever they come', async () => {
  const body = 'x'.repeat(100);
  const chunked = `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\n${body}\r\n0\r\n\r\n`;
  const early = Buffer.concat([Buffer.from('HTTP/1.1 103 Early Hints\r\n\r\n'), right]);
  await using server = await cyclic([right, Buffer.from(chunked), right, right, early]);
  const count = await slice(server);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(5);
  expect(count.totalConnections).toBe(2);
});

test('a Date that ticks over costs one parse, and no fault', async () => {
  const at = (second: number) =>
    response({ headers: [`Date: Sat, 28 Nov 2026 12:00:0${second} GMT`, 'Server: x'] });
  await using server = await serve(({ socket }, seen) => {
    if (seen.requests >= 30) agent.gate.open = false;
    socket.write(at(Math.floor(seen.requests / 10)));
  });
  await using agent = await tapped(server.url);
  await agent.atRest();
  expect(agent.tally).toMatchObject({ totalRequests: 30, totalConnections: 1, faults: noFaults });
  expect(agent.parsed).toEqual([0, 1, 2, 3].map((second) => at(second).toString()));
});

test('a server that never sends the same head twice is counted by the parser', async () => {
  await using server = await serve(({ socket }, seen) =>
    socket.write(response({ headers: [`X-Request: ${seen.requests}`] })),
  );
  const count = await slice(server);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBeGreaterThan(5);
  expect(server.seen.requests - count.totalRequests).toBeLessThanOrEqual(2);
});

test('Connection: close is a request lost, with the next answer right again', async () => {
  const closing = response({ headers: ['Connection: close'] });
  await using server = await serve(({ socket, nth }) =>
    nth === 3 ? socket.end(closing) : socket.write(right),
  );
  const count = await slice(server, { connections: 1 });
  const { lostOnReconnect } = count.faults;
  expect(lostOnReconnect).toBeGreaterThan(0);
  expect(count.faults).toEqual({ ...noFaults, lostOnReconnect });
  expect(count.requests).toBeGreaterThan(0);
});

/** Writes each part when the agent has read the one before it. */
async function inParts(agent: Tapped, socket: Socket, parts: readonly Buffer[]): Promise<void> {
  for (const part of parts) {
    const { length } = agent.reads;
    socket.write(part);
    await agent.readsBeyond(length);
  }
}

/** An agent that has learned, and whose connection asks when the gate opens. */
async function learned() {
  const sockets: Socket[] = [];
  const server = await serve(({ socket }, seen) => {
    if (seen.requests === 1) {
      agent.gate.open = false;
      socket.write(right);
    } else sockets.push(socket);
  });
  const agent = await tapped(server.url);
  await agent.atRest();
  agent.gate.open = true;
  return { server, agent, sockets };
}

test('an answer that is split at any byte is one answer, whether it is as the last one or not', async () => {
  const other = response({ headers: ['X-Other: yes'] });
  const { server, agent, sockets } = await learned();
  await using _server = server;
  await using _agent = agent;
  let answers = 1;
  for (const answer of [right, other, right]) {
    for (let at = 1; at < answer.length; at++) {
      agent.gate.open = true;
      agent.connection.resume();
      agent.gate.open = false;
      await expect.poll(() => sockets.length, { interval: 0 }).toBeGreaterThan(0);
      const socket = sockets.shift();
      if (socket === undefined) throw new Error('nobody asked');
      await inParts(agent, socket, [answer.subarray(0, at), answer.subarray(at)]);
      expect(agent.tally).toMatchObject({ totalRequests: ++answers, totalConnections: 1, faults: noFaults });
    }
  }
});

test.each([
  ['a wrong status in its second part', response({ status: '404 OK' }), 'non2xx'],
  ['a surplus byte in a read with its last part', Buffer.concat([right, Buffer.from('x')]), 'mismatches'],
] as const)('an answer in parts with %s is seen, wherever it is split', async (_, answer, fault) => {
  for (let at = 1; at < answer.length; at += 7) {
    const { server, agent, sockets } = await learned();
    await using _server = server;
    await using _agent = agent;
    agent.connection.resume();
    agent.gate.open = false;
    await expect.poll(() => sockets.length, { interval: 0 }).toBeGreaterThan(0);
    const socket = sockets.shift();
    if (socket === undefined) throw new Error('nobody asked');
    await inParts(agent, socket, [answer.subarray(0, at), answer.subarray(at)]);
    expect(agent.tally.faults).toEqual({ ...noFaults, [fault]: 1 });
  }
});

test('the second part of a head that came in two is not learned as if it were all of it', async () => {
  const other = response({ headers: ['X-Other: yes'] });
  const [first, second] = [other.subarray(0, 20), other.subarray(20)];
  const { server, agent, sockets } = await learned();
  await using _server = server;
  await using _agent = agent;
  for (const parts of [[first, second], [second]]) {
    agent.gate.open = true;
    agent.connection.resume();
    agent.gate.open = false;
    await expect.poll(() => sockets.length, { interval: 0 }).toBeGreaterThan(0);
    const socket = sockets.shift();
    if (socket === undefined) throw new Error('nobody asked');
    await inParts(agent, socket, parts);
  }
  expect(agent.tally).toMatchObject({ totalRequests: 2, faults: { ...noFaults, mismatches: 1 } });
});
