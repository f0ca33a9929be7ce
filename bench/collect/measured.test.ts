import { expect, test } from 'vitest';
import type { SliceCount } from '../model/load-agent.ts';
import type { Reading } from '../model/reading.ts';
import { measuredSlice } from './measured.ts';
import { growth } from './path-counters.ts';

const count: SliceCount = {
  requests: 900,
  bytes: 1_000_000,
  wallSeconds: 0.15,
  edgeSeconds: 0,
  pendingSeconds: 0,
  faults: { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 },
  totalRequests: 1_200,
  totalConnections: 32,
  coreShare: 0.5,
};
const before: Reading = {
  atSeconds: 10,
  machine: { userSeconds: 1, systemSeconds: 2, softirqSeconds: 0.5, stealSeconds: 0, busySeconds: 3.5 },
};

function cpuOf(from: Partial<Reading>, to: Partial<Reading>) {
  const after = { ...before, atSeconds: 10.25 };
  const readings = { before: { ...before, ...from }, after: { ...after, ...to } };
  const load = { connections: 32, requests: count.totalRequests };
  const grown = growth(readings.before, readings.after, load);
  return measuredSlice(count, { connections: 32, rampSeconds: 0.04 }, readings, grown).cpu;
}

test('CPU time is that between the readings, over all responses between them, the ramp included', () => {
  const machine = {
    userSeconds: 1.1,
    systemSeconds: 2.1,
    softirqSeconds: 0.6,
    stealSeconds: 0,
    busySeconds: 3.8,
  };
  const cpu = cpuOf({}, { machine });
  expect(cpu).toMatchObject({ windowSeconds: 0.25, requests: 1_200 });
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
  expect(cpu?.agentSeconds).toBeCloseTo(0.1, 9);
  expect(cpu).toMatchObject({ memoryStallSeconds: 0.25, proxySeconds: 0.25 });
});
