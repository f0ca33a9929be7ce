import fc from 'fast-check';
import { expect, test } from 'vitest';
import { decodeHistogram } from '../model/histogram.fixture.ts';
import { measureAlone, type SliceOrder } from '../model/load-agent.ts';
import { measuredSchema } from '../model/slice.ts';
import { type FakeOptions, fakeLoadAgent } from './load-agent.fake.ts';

const order: SliceOrder = {
  url: 'http://198.18.0.1:8080/',
  connections: 4,
  rampSeconds: 0.1,
  sliceSeconds: 0.4,
  expectedBodyBytes: 1024,
  timeoutSeconds: 5,
};
const probeOrder = { url: order.url, expectedBodyBytes: 1024, withinSeconds: 10 };

function agent(options: Partial<FakeOptions> = {}) {
  return fakeLoadAgent({ seed: 1, serverAt: () => ({ medianSeconds: 0.001 }), ...options });
}

test('the same seed and orders give the same counts; another seed gives others', async () => {
  const [one, same, other] = [agent(), agent(), agent({ seed: 2 })];
  const counts = [await measureAlone(one, order), await measureAlone(one, order)];
  expect([await measureAlone(same, order), await measureAlone(same, order)]).toEqual(counts);
  expect(await measureAlone(other, order)).not.toEqual(counts[0]);
  expect(counts[1]).not.toEqual(counts[0]);
});

test('what a slice line needs is there, and the laws of a closed loop hold', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 32 }),
      fc.double({ min: 0.0005, max: 0.01, noNaN: true }),
      fc.integer(),
      async (connections, medianSeconds, seed) => {
        const fake = agent({ seed, serverAt: () => ({ medianSeconds }) });
        const { totalRequests, totalConnections, loadSeconds, agentSeconds, ...count } = await measureAlone(
          fake,
          {
            ...order,
            connections,
          },
        );
        const { rampSeconds } = order;
        const measured = {
          ...count,
          connections,
          rampSeconds,
          cpu: { loadSeconds, requests: totalRequests, agentSeconds },
          machine: { wallSeconds: loadSeconds, cpus: 2, busySeconds: agentSeconds, stealSeconds: 0 },
          figures: {},
        };
        expect(measuredSchema.safeParse(measured).error).toBeUndefined();
        if (count.latency === undefined) throw new Error('no latency');
        expect(decodeHistogram(count.latency).totalCount).toBe(count.requests);
        expect(totalRequests).toBeGreaterThan(count.requests);
        expect(totalConnections).toBe(connections);
        expect(loadSeconds).toBeGreaterThan(count.wallSeconds);
        expect(agentSeconds).toBeGreaterThan(0);
        const inFlight = (count.requests / count.wallSeconds) * (count.latency.meanUs / 1e6);
        expect(inFlight / connections).toBeGreaterThan(0.9);
        expect(inFlight / connections).toBeLessThan(1.02);
        expect(count.latency.p50Us / 1e6 / medianSeconds).toBeGreaterThan(0.7);
        expect(count.latency.p50Us / 1e6 / medianSeconds).toBeLessThan(1.4);
      },
    ),
    { numRuns: 30 },
  );
});

test('latencies depend on what stands behind the URL', async () => {
  const fake = agent({ serverAt: (url) => ({ medianSeconds: url.includes('8081') ? 0.002 : 0.001 }) });
  const near = await measureAlone(fake, order);
  const far = await measureAlone(fake, { ...order, url: 'http://198.18.0.1:8081/' });
  expect(near.requests / far.requests).toBeGreaterThan(1.5);
});

test('connections that are kept open are opened once, until they are let go', async () => {
  const fake = agent();
  const kept = { ...order, keepOpen: true };
  const opened = async (it: SliceOrder) => (await measureAlone(fake, it)).totalConnections;
  expect([await opened(kept), await opened(kept), await opened(order)]).toEqual([4, 0, 4]);
  expect(await opened({ ...kept, connections: 2 })).toBe(2);
  await fake.letGo();
  expect(await opened(kept)).toBe(4);
});

test('a window ends when about as many answers have come as the order wants, or its time is up', async () => {
  const passed: number[] = [];
  const fake = agent({ pass: (seconds) => void passed.push(seconds) });
  const count = await measureAlone(fake, { ...order, rampSeconds: 0, enoughResponses: 400 });
  expect(count.wallSeconds).toBeCloseTo(0.1, 9);
  expect(Math.abs(count.totalRequests - 400)).toBeLessThan(40);
  expect((await measureAlone(fake, { ...order, enoughResponses: 1e9 })).wallSeconds).toBe(0.4);
  expect(passed).toEqual([expect.closeTo(0.1, 9), 0.5]);
});

test('load at a rate: as much as is offered is sent, or as much as the server can bear', async () => {
  const fast = await measureAlone(agent(), { ...order, ratePerSecond: 1_000 });
  expect(fast).toMatchObject({ requests: 400, pacing: { offeredPerSecond: 1_000, sentPerSecond: 1_000 } });
  const slow = await measureAlone(agent({ serverAt: () => ({ medianSeconds: 0.02 }) }), {
    ...order,
    ratePerSecond: 1_000,
  });
  expect(slow.pacing?.offeredPerSecond).toBe(1_000);
  expect(slow.pacing?.sentPerSecond).toBeLessThan(400);
  expect(await measureAlone(agent(), order)).not.toHaveProperty('pacing');
});

test('a URL with nothing behind it: refused, no latency, not ready', async () => {
  const fake = agent({ serverAt: () => undefined });
  const count = await measureAlone(fake, order);
  expect(count).toMatchObject({ requests: 0, faults: { errors: 4 } });
  expect(count).not.toHaveProperty('latency');
  expect(await fake.probe(probeOrder)).toEqual({ ready: false, lastProblem: 'connection refused' });
});

test('incidents happen at their call and at no other', async () => {
  const fake = agent({
    incidents: [
      { call: 'slice', nth: 2, faults: { timeouts: 3 } },
      { call: 'slice', nth: 3, error: new Error('the load agent went away') },
      { call: 'probe', nth: 1, lastProblem: 'it answered with status 403, not 200' },
    ],
  });
  expect(await fake.probe(probeOrder)).toEqual({
    ready: false,
    lastProblem: 'it answered with status 403, not 200',
  });
  expect(await fake.probe(probeOrder)).toMatchObject({ ready: true });
  expect((await measureAlone(fake, order)).faults.timeouts).toBe(0);
  expect((await measureAlone(fake, order)).faults.timeouts).toBe(3);
  await expect(measureAlone(fake, order)).rejects.toThrow('the load agent went away');
  expect((await measureAlone(fake, order)).faults.timeouts).toBe(0);
});

test('the journal has every call in its order, and time passes as the calls take it', async () => {
  const passed: number[] = [];
  const fake = agent({ pass: (seconds) => void passed.push(seconds) });
  await fake.probe(probeOrder);
  await measureAlone(fake, order);
  expect(fake.journal).toEqual([
    { call: 'probe', order: probeOrder },
    { call: 'slice', order },
  ]);
  expect(passed).toEqual([0.001, 0.5]);
});
