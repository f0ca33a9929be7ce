import { expect, test } from 'vitest';
import { systemClock } from '../model/clock.ts';
import { type PlainOptions, type PlainResult, plainAutocannon } from './autocannon.ts';
import { closingServer, fastServer, refusingUrl, response, serve, slowServer } from './servers.fixture.ts';

/*
 * What autocannon 9.0.0 does when left alone. Each test pins a trap that bench/agent works
 * around or keeps away from: one that fails after an upgrade says that our numbers may have changed.
 */

interface PlainRun {
  readonly result: PlainResult;
  /** Milliseconds of each `response` event. */
  readonly latencies: readonly number[];
  readonly seconds: number;
}

function run(options: PlainOptions): Promise<PlainRun> {
  const latencies: number[] = [];
  const startedAt = systemClock.monotonicSeconds();
  return new Promise((resolve, reject) => {
    const instance = plainAutocannon(
      { connections: 1, duration: 0.2, sampleInt: 10, ...options },
      (error, result) =>
        error === null
          ? resolve({ result, latencies, seconds: systemClock.monotonicSeconds() - startedAt })
          : reject(error),
    );
    instance.on('response', (_client: object, _status: number, _bytes: number, milliseconds: number) => {
      latencies.push(milliseconds);
    });
  });
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

test('its latencies are cut to whole milliseconds, those of its response events are not', async () => {
  await using server = await fastServer();
  const { result, latencies } = await run({ url: server.url });
  const median = latencies.toSorted((a, b) => a - b)[Math.ceil(latencies.length / 2) - 1] ?? Number.NaN;
  expect(latencies.some((milliseconds) => !Number.isInteger(milliseconds))).toBe(true);
  expect(result.latency.p50).toBe(Math.trunc(median));
  expect(Number.isInteger(result.latency.max)).toBe(true);
});

test('a close by the server pairs all later latencies with older requests, without a word', async () => {
  await using server = await closingServer(10, 2);
  const { result, latencies, seconds } = await run({ url: server.url, duration: 0.4 });
  expect(result).toMatchObject({ errors: 0, timeouts: 0, mismatches: 0, non2xx: 0 });
  // Requests of one connection follow each other: true latencies cannot add up to more than the time there was.
  expect(sum(latencies) / 1000).toBeGreaterThan(seconds);
});

test('leaving out its coordinated-omission correction is refused unless a rate is set', async () => {
  await expect(run({ url: 'http://127.0.0.1:1', ignoreCoordinatedOmission: true })).rejects.toThrow(
    'makes no sense without connectionRate or overallRate',
  );
});

test('a rate is a burst at the start of each second', async () => {
  await using server = await fastServer();
  await run({ url: server.url, connectionRate: 20, duration: 0.3 });
  expect(server.seen.requests).toBe(20);
});

test('its coordinated-omission correction assumes one request a millisecond, whatever the rate', async () => {
  await using server = await slowServer(50);
  const { result, latencies } = await run({ url: server.url, connectionRate: 10 });
  expect(latencies.length).toBeGreaterThan(0);
  // 50 ms at an assumed interval of 1 ms: some 50 records for each response.
  const recorded = 'totalCount' in result.latency ? Number(result.latency.totalCount) : Number.NaN;
  expect(recorded).toBeGreaterThan(10 * latencies.length);
});

test('reconnectRate 1 counts no response', async () => {
  await using server = await fastServer();
  const { result, latencies } = await run({ url: server.url, reconnectRate: 1 });
  expect(server.seen.requests).toBeGreaterThan(0);
  expect(result['2xx']).toBe(0);
  expect(latencies).toEqual([]);
});

test('workers forward no response events', async () => {
  await using server = await fastServer();
  const { result, latencies } = await run({ url: server.url, workers: 1 });
  expect(result['2xx']).toBeGreaterThan(0);
  expect(latencies).toEqual([]);
});

test('it ends on a tick of its sampling interval, not after its duration', async () => {
  await using server = await fastServer();
  const { seconds } = await run({ url: server.url, duration: 0.05, sampleInt: 400 });
  expect(seconds).toBeGreaterThan(0.39);
});

test('its warm-up uses other connections than the run', async () => {
  await using server = await fastServer();
  await plainAutocannon({
    url: server.url,
    connections: 1,
    duration: 0.05,
    sampleInt: 10,
    warmup: { connections: 1, duration: 0.05 },
  } as PlainOptions);
  expect(server.seen.connections).toBe(2);
});

test('a refused connection is tried again without a pause', async () => {
  const { result } = await run({ url: await refusingUrl(), duration: 5, bailout: 500 });
  expect(result.errors).toBeGreaterThanOrEqual(500);
});

test('bytes beyond the announced length stop a connection until its timeout, without a word', async () => {
  await using server = await fastServer({ bodyBytes: 150, announcedBytes: 100 });
  const { result, latencies } = await run({ url: server.url });
  expect(latencies).toHaveLength(1);
  expect(result).toMatchObject({ errors: 0, timeouts: 0, mismatches: 0, non2xx: 0 });
});

test('after a close in mid-body the next answer is read as the rest of that body', async () => {
  const whole = response();
  await using server = await serve(({ socket }, seen) => {
    if (seen.connections === 1) socket.end(whole.subarray(0, -50));
    else socket.write(whole);
  });
  const { latencies } = await run({ url: server.url });
  expect(server.seen.requests).toBeGreaterThan(1);
  expect(latencies.length).toBeLessThan(server.seen.requests - 1);
});
