import { expect, test } from 'vitest';
import type { SliceCount } from '../model/load-agent.ts';
import type { Reading } from '../model/reading.ts';
import { measuredSlice } from './measured.ts';
import { growth } from './path-counters.ts';

const count: SliceCount = {
  requests: 900,
  servedRequests: 902.5,
  turnRates: [6016.66666],
  loadSeconds: 0.2,
  agentSeconds: 0.06,
  bytes: 1_000_000,
  wallSeconds: 0.15,
  edgeSeconds: 0,
  pendingSeconds: 0,
  faults: { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 },
  totalRequests: 1_200,
  totalConnections: 32,
};
const throughput = { connections: 32, primaryMetric: 'throughput' } as const;
const before: Reading = {
  atSeconds: 10,
  machine: {
    userSeconds: 1,
    systemSeconds: 2,
    irqSeconds: 0,
    softirqSeconds: 0.5,
    stealSeconds: 0,
    busySeconds: 3.5,
  },
};

function cpuOf(from: Partial<Reading>, to: Partial<Reading>, counted: Partial<SliceCount> = {}) {
  const after = { ...before, atSeconds: 10.25 };
  const readings = { before: { ...before, ...from }, after: { ...after, ...to } };
  const load = { connections: 32, requests: count.totalRequests };
  const grown = growth(readings.before, readings.after, load);
  return measuredSlice({ ...count, ...counted }, throughput, readings, grown).cpu;
}

test('CPU time is that between the readings, where the agent has not read it, over all responses', () => {
  const machine = {
    userSeconds: 1.1,
    systemSeconds: 2.1,
    irqSeconds: 0,
    softirqSeconds: 0.6,
    stealSeconds: 0,
    busySeconds: 3.8,
  };
  const cpu = cpuOf({}, { machine });
  expect(cpu).toMatchObject({ windowSeconds: 0.2, requests: 1_200 });
  expect(cpu?.machineBusySeconds).toBeCloseTo(0.3, 9);
  expect(cpu?.softirqSeconds).toBeCloseTo(0.1, 9);
});

test('a part of the machine that lags behind by a tick is 0, not negative', () => {
  const machine = { ...before.machine, userSeconds: 0.99, busySeconds: 3.49 };
  expect(cpuOf({}, { machine })).toMatchObject({ userSeconds: 0, machineBusySeconds: 0 });
});

test('what the machine does not give is left out, never 0', () => {
  expect(Object.keys(cpuOf({}, {}) ?? {}).sort()).toEqual(
    [
      'agentSeconds',
      'machineBusySeconds',
      'requests',
      'softirqSeconds',
      'stealSeconds',
      'systemSeconds',
      'userSeconds',
      'windowSeconds',
    ].sort(),
  );
});

test('throttling of server and agent by one group above both is told once', () => {
  const cpu = cpuOf(
    {
      server: { cpuSeconds: 1, throttledSeconds: 0.5 },
      agent: { cpuSeconds: 2, throttledSeconds: 0.5 },
      memoryStallSeconds: 3,
      proxySeconds: 0.5,
    },
    {
      server: { cpuSeconds: 1.2, throttledSeconds: 0.53 },
      agent: { cpuSeconds: 2.1, throttledSeconds: 0.53 },
      memoryStallSeconds: 3.25,
      proxySeconds: 0.75,
    },
  );
  expect(cpu?.throttledSeconds).toBeCloseTo(0.03, 9);
  expect(cpu?.serverSeconds).toBeCloseTo(0.2, 9);
  expect(cpu?.agentSeconds).toBe(0.06);
  // The slice's load was on for 0.2 of the 0.25 s between the readings.
  expect(cpu?.memoryStallSeconds).toBeCloseTo(0.2, 9);
  expect(cpu).toMatchObject({ proxySeconds: 0.25 });
});

test("of the machine's time a slice has what the agent read at the ends of its turns, not what passed between them", () => {
  const machine = { ...before.machine, busySeconds: 3.9 };
  const read = {
    busySeconds: 0.25,
    userSeconds: 0.1,
    systemSeconds: 0.1,
    irqSeconds: 0,
    softirqSeconds: 0.05,
    stealSeconds: 0.01,
  };
  const cpu = cpuOf({}, { machine }, { machine: read, turnRates: Array(10).fill(6_000) });
  expect(cpu).toMatchObject({ machineBusySeconds: 0.25, softirqSeconds: 0.05, stealSeconds: 0.01 });
});

test('what is under load outside the windows is discarded with the ramp', () => {
  const after = { ...before, atSeconds: 10.25 };
  const grown = growth(before, after, { connections: 32, requests: 1_200 });
  const turnRates = [6016.66666, 5_900, 0.12345678];
  const slice = measuredSlice({ ...count, turnRates }, throughput, { before, after }, grown);
  expect(slice.rampSeconds).toBeCloseTo(0.05, 9);
  expect(slice).toMatchObject({
    turns: 3,
    turnRates: [6016.67, 5_900, 0.123457],
    servedRequests: 902.5,
    wallSeconds: 0.15,
  });
});

test('the rates of turns are kept where the throughput is the declared metric, and no turns where there was one window', () => {
  const grown = growth(before, before, { connections: 32, requests: 1_200 });
  const slice = (turnRates: readonly number[], primaryMetric: 'throughput' | 'latency-p50') =>
    measuredSlice(
      { ...count, turnRates },
      { connections: 1, primaryMetric },
      { before, after: before },
      grown,
    );
  expect(slice([5, 6], 'throughput')).toMatchObject({ turns: 2, turnRates: [5, 6] });
  expect(slice([5, 6], 'latency-p50')).toMatchObject({ turns: 2 });
  expect(slice([5, 6], 'latency-p50')).not.toHaveProperty('turnRates');
  expect(slice([5], 'throughput')).not.toHaveProperty('turns');
  expect(slice([5], 'throughput')).not.toHaveProperty('turnRates');
});
