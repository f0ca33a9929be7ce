import { expect, test } from 'vitest';
import { decodeHistogram, quantileSeconds } from '../model/histogram.fixture.ts';
import type { Latency } from '../model/latency.ts';
import type { SliceCount, SliceOrder } from '../model/load-agent.ts';
import { fastServer, response, type SmallServer, serve, slowServer } from './servers.fixture.ts';
import { instruments, noFaults, orderFor, slice } from './slice.fixture.ts';
import { runTurns } from './turns.ts';

const open: Partial<SliceOrder> = {
  ratePerSecond: 1_000,
  connections: 8,
  arrivals: { kind: 'poisson', seed: 7 },
  sliceSeconds: 0.3,
};

/** Requests that fell due in the windows. */
function dueIn({ pacing, wallSeconds }: SliceCount): number {
  return Math.round((pacing?.offeredPerSecond ?? Number.NaN) * wallSeconds);
}

/** Requests that took at least so long. */
function slower(latency: Latency | undefined, seconds: number): number {
  if (latency === undefined) return 0;
  const histogram = decodeHistogram(latency);
  let [low, high] = [0, histogram.totalCount];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const taken = quantileSeconds(histogram, (middle + 0.5) / histogram.totalCount);
    if (taken >= seconds) high = middle;
    else low = middle + 1;
  }
  return histogram.totalCount - low;
}

test.each(['poisson', 'uniform'] as const)('what is offered is sent and answered: %s', async (kind) => {
  await using server = await fastServer();
  const count = await slice(server, { ...open, arrivals: { kind, seed: 7 } });
  expect(count.faults).toEqual(noFaults);
  expect(count.totalConnections).toBe(8);
  expect(count.pacing?.sentPerSecond).toBe(count.pacing?.offeredPerSecond);
  // All that fell due in the window is counted, whenever its answer came.
  expect(count.requests).toBe(dueIn(count));
  expect(count.servedRequests).toBe(count.requests);
});

test('each part of a response time is a histogram of all requests: from the due moment, from the send, and the lag', async () => {
  await using server = await fastServer();
  const { latency, serviceTime, sendLag, requests, pacing } = await slice(server, open);
  for (const part of [latency, serviceTime, sendLag]) {
    if (part === undefined) throw new Error('a part is missing');
    expect(decodeHistogram(part).totalCount).toBe(requests);
    expect(part.p999Us).toBeGreaterThanOrEqual(part.p99Us);
  }
  expect(latency?.meanUs).toBeGreaterThanOrEqual(serviceTime?.meanUs ?? Number.NaN);
  expect(latency?.meanUs).toBeGreaterThanOrEqual(sendLag?.meanUs ?? Number.NaN);
  expect(pacing?.sendLagP99Us).toBe(sendLag?.p99Us);
});

test('requests whose answers come after the end of their window are counted: slow ones do not get lost there', async () => {
  // Half of the window's requests are on their way when it ends. Each connection has its first answer in the ramp.
  await using server = await slowServer(100);
  const order = { ...open, connections: 40, ratePerSecond: 200, rampSeconds: 0.5, sliceSeconds: 0.2 };
  const count = await slice(server, order);
  expect(count.faults).toEqual(noFaults);
  expect(count.requests).toBe(dueIn(count));
  expect(count.requests).toBeGreaterThan(0);
  expect(count.latency?.p50Us).toBeGreaterThanOrEqual(100e3);
});

/** Answers at once, but stalls for so long before one answer, and says how long it truly stalled. */
async function stallingServer(beforeRequest: number, milliseconds: number) {
  const bytes = response();
  const stalled = { seconds: 0 };
  let waiting: (() => void)[] | undefined;
  const server = await serve(({ socket }, { requests }) => {
    const answer = () => socket.write(bytes);
    if (waiting !== undefined) waiting.push(answer);
    else if (requests !== beforeRequest) answer();
    else {
      waiting = [answer];
      const begun = performance.now();
      setTimeout(() => {
        stalled.seconds = (performance.now() - begun) / 1e3;
        const due = waiting ?? [];
        waiting = undefined;
        for (const it of due) it();
      }, milliseconds);
    }
  });
  return { server, stalled };
}

test('a server that stalls once shows it in the response times of all that fell due meanwhile, and in few service times', async () => {
  const { server: stalling, stalled } = await stallingServer(2_000, 200);
  await using server = stalling;
  const order = { ...open, connections: 2, ratePerSecond: 2_000, sliceSeconds: 2 };
  const count = await slice(server, order);
  expect(count.faults).toEqual(noFaults);
  const long = stalled.seconds / 2;
  expect(long).toBeGreaterThanOrEqual(0.099);
  // 400 requests fell due in the stall, and the first half of them waited for at least half of it.
  expect(count.latency?.p999Us).toBeGreaterThanOrEqual(long * 1e6);
  const [response, service] = [slower(count.latency, long), slower(count.serviceTime, long)];
  expect(service).toBeGreaterThan(0);
  expect(response).toBeGreaterThan(10 * service);
  // Waiting for a connection is the server's doing, and no lateness of the client's.
  expect(slower(count.sendLag, long)).toBeLessThan(response / 10);
});

test('a rate that the server does not bear is not told as one that it bears', async () => {
  await using server = await slowServer(10);
  await using other = await slowServer(10);
  // Two connections at 10 ms an answer bear 200 requests/s.
  const order = { ...open, connections: 2, ratePerSecond: 300, sliceSeconds: 0.4 };
  const slices = [server, other].map(({ url }) => orderFor(url, order));
  const sequence = Array.from({ length: 4 }, () => [0, 1]).flat();
  for (const count of await runTurns({ slices, turnSeconds: 0.1, sequence }, instruments)) {
    expect(count.pacing?.sentPerSecond).toBeLessThan(0.99 * (count.pacing?.offeredPerSecond ?? 0));
    expect(count.latency?.p50Us).toBeGreaterThan(count.serviceTime?.p50Us ?? Number.NaN);
  }
});

test('requests that find no free connection until patience is over count as timeouts', async () => {
  await using server = await serve(() => undefined);
  const count = await slice(server, { ...open, connections: 2, sliceSeconds: 0.1 });
  expect(count.requests).toBe(0);
  expect(dueIn(count)).toBeGreaterThan(2);
  // The requests that were never sent, and the two that were sent in the ramp and never answered.
  expect(count.faults).toEqual({ ...noFaults, timeouts: dueIn(count) + 2 });
  expect(count.pacing?.sentPerSecond).toBe(0);
});

test('two servers with one seed are offered the same, in turns, and between turns nothing is sent', async () => {
  await using one = await fastServer();
  await using other = await fastServer();
  const order = { ...open, arrivals: { kind: 'uniform', seed: 1 } as const };
  const slices = [one, other].map(({ url }: SmallServer) => orderFor(url, order));
  const sequence = Array.from({ length: 3 }, () => [0, 1]).flat();
  const counts = await runTurns({ slices, turnSeconds: 0.1, sequence }, instruments);
  for (const count of counts) {
    expect(count.faults).toEqual(noFaults);
    expect(count.turnRates).toHaveLength(3);
    // One request more or less at both edges of each window.
    expect(Math.abs(dueIn(count) - 1_000 * count.wallSeconds)).toBeLessThanOrEqual(3 * 2);
    expect(count.requests).toBe(dueIn(count));
  }
  // All that was sent has been answered and counted.
  expect([one, other].map(({ seen }) => seen.requests)).toEqual(counts.map((it) => it.totalRequests));
});

test('arrivals without a rate are refused', async () => {
  await using server = await fastServer();
  await expect(slice(server, { arrivals: { kind: 'poisson', seed: 1 } })).rejects.toThrow(
    'the order has arrivals and no rate',
  );
});
