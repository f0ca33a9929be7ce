import fc from 'fast-check';
import { expect, test } from 'vitest';
import { Failure } from '../model/failure.ts';
import { emptyHistogram, latencyOf } from '../model/histogram.ts';
import type { LoadAgent, SliceCount, SliceOrder, TurnsOrder } from '../model/load-agent.ts';
import { fakeLoadAgent } from './load-agent.fake.ts';
import { mergeCounts, windowsShared } from './merge-counts.ts';
import { appointmentsFor } from './pace.ts';
import { sharesOf, team } from './team.ts';

const slice: SliceOrder = {
  url: 'http://127.0.0.1:8080/',
  connections: 5,
  rampSeconds: 0.02,
  sliceSeconds: 0.1,
  expectedBodyBytes: 100,
  timeoutSeconds: 5,
};
const inTurns: TurnsOrder = { slices: [slice, slice], turnSeconds: 0.05, sequence: [0, 1, 1, 0] };

test('connections, rate and wanted answers are divided without rest, and no agent has none', () => {
  const whole = { connections: fc.integer({ min: 1, max: 100 }), agents: fc.integer({ min: 1, max: 12 }) };
  fc.assert(
    fc.property(fc.record(whole), ({ connections, agents }) => {
      const all = { ...slice, connections, ratePerSecond: 1_000, enoughResponses: 10 * connections };
      const shares = sharesOf({ ...inTurns, slices: [all] }, agents).flatMap((it) => it.slices);
      const sum = (of: (share: SliceOrder) => number | undefined) =>
        shares.reduce((total, share) => total + (of(share) ?? 0), 0);
      expect(shares).toHaveLength(Math.min(agents, connections));
      expect(sum((it) => it.connections)).toBe(connections);
      expect(sum((it) => it.ratePerSecond)).toBeCloseTo(1_000, 6);
      expect(sum((it) => it.enoughResponses)).toBe(10 * connections);
      const each = shares.map((it) => it.connections);
      expect(Math.max(...each) - Math.min(...each)).toBeLessThanOrEqual(1);
      expect(Math.min(...each)).toBeGreaterThan(0);
    }),
  );
});

test('agents draw their arrivals apart: alike, all of their requests would fall due at once', () => {
  const open = { ...slice, ratePerSecond: 1_000, arrivals: { kind: 'poisson', seed: 0xffff_ffff } } as const;
  const shares = sharesOf({ ...inTurns, slices: [open] }, 2).flatMap((it) => it.slices);
  expect(shares.map(({ arrivals }) => arrivals?.seed)).toEqual([0xffff_ffff, 0]);
});

test('merged counts are those of one agent that had all latencies', () => {
  const latencies = fc.array(fc.integer({ min: 1, max: 60e9 }), { maxLength: 50 });
  fc.assert(
    fc.property(fc.array(latencies, { minLength: 1, maxLength: 4 }), (ofAgents) => {
      const merged = mergeCounts(ofAgents.map(countOf));
      const alone = countOf(ofAgents.flat());
      expect(merged.requests).toBe(alone.requests);
      const { meanUs, ...latency } = merged.latency ?? {};
      const { meanUs: meanAlone, ...expected } = alone.latency ?? {};
      expect(latency).toEqual(expected);
      if (meanAlone !== undefined) expect(meanUs).toBeCloseTo(meanAlone, 4);
    }),
  );
});

test('what two agents counted is added, and their rates; the machine and the wall time are not', () => {
  const machine = {
    busySeconds: 1,
    userSeconds: 1,
    systemSeconds: 0,
    irqSeconds: 0,
    softirqSeconds: 0,
    stealSeconds: 0,
  };
  const pacing = { offeredPerSecond: 500, sentPerSecond: 490, sendLagP50Us: 20, sendLagP99Us: 80 };
  const faults = { ...noFaults, timeouts: 1 };
  const one = {
    ...countOf([1_000]),
    machine,
    pacing,
    faults,
    turnRates: [10, 20],
    cpuBusySeconds: [0.1, 0.2],
  };
  const late = { ...one, pacing: { ...pacing, sendLagP99Us: 90 }, turnRates: [1, 2], wallSeconds: 0.12 };
  const merged = mergeCounts([one, late]);
  expect(merged).toMatchObject({
    ...{ requests: 2, servedRequests: 2, totalRequests: 2, totalConnections: 4, agents: 2, machine },
    ...{ agentSeconds: 0.18, loadSeconds: 0.12, cpuBusySeconds: [0.1, 0.2], turnRates: [11, 22] },
    faults: { ...noFaults, timeouts: 2 },
    pacing: { offeredPerSecond: 1_000, sentPerSecond: 980, sendLagP50Us: 20, sendLagP99Us: 90 },
  });
  expect(merged.wallSeconds).toBeCloseTo(0.11, 9);
});

test('every kind of time that agents counted is merged, those of new connections over TLS too', () => {
  const { latency } = countOf([1_000, 2_000]);
  if (latency === undefined) throw new Error('nothing was counted');
  const times = {
    connect: latency,
    handshake: latency,
    firstByte: latency,
    serviceTime: latency,
    sendLag: latency,
  };
  const one = { ...countOf([1_000, 2_000]), ...times };
  const merged = mergeCounts([one, one]);
  for (const of of ['latency', 'connect', 'handshake', 'firstByte', 'serviceTime', 'sendLag'] as const) {
    expect([of, merged[of]?.meanUs]).toEqual([of, latency.meanUs]);
  }
});

test('the share of the windows is what all agents have in common of what any agent has', () => {
  const window = (openedAt: number, closedAt: number) => ({ openedAt, closedAt });
  expect(windowsShared([[window(0, 1)], [window(0, 1)]])).toBe(1);
  expect(windowsShared([[window(0, 1)], [window(0.5, 1.5)]])).toBeCloseTo(1 / 3, 9);
  expect(windowsShared([[window(0, 1)], [window(2, 3)]])).toBe(0);
  expect(windowsShared([[window(0, 1), window(2, 3)], [window(0, 1)]])).toBe(0.5);
  expect(windowsShared([])).toBeUndefined();
});

test('windows follow one another with room for the load to settle and for the slowest answers', () => {
  const { ramps, windows, windowSeconds, settleSeconds } = appointmentsFor(inTurns, 0.001, 100);
  expect(windowSeconds).toBe(0.05);
  expect(windows).toHaveLength(4);
  expect(ramps[0]).toBe(100);
  const begins = [...ramps, ...windows.map((at) => at - settleSeconds)];
  const ends = [...ramps.map((at) => at + 0.02), ...windows.map((at) => at + windowSeconds)];
  for (const [at, begin] of begins.slice(1).entries()) {
    expect(begin).toBeGreaterThanOrEqual((ends[at] ?? 0) + 2 * 0.001);
  }
  // As slow as this, a window of 50 ms is too short.
  expect(appointmentsFor(inTurns, 0.02, 0)).toMatchObject({ turns: 1, windowSeconds: 0.1 });
});

test('a slice by itself keeps its load from the ramp to the window', () => {
  const alone = { slices: [slice], turnSeconds: 0, sequence: [0] };
  expect(appointmentsFor(alone, 0.001, 100)).toMatchObject({
    ramps: [100],
    windows: [100.02],
    windowSeconds: 0.1,
  });
});

test('one connection stays with one agent', async () => {
  const [first, second] = [agent(), agent()];
  await team([first, second]).turns({ ...inTurns, slices: [{ ...slice, connections: 1 }], sequence: [0] });
  expect([first, second].map(({ journal }) => journal.length)).toEqual([1, 0]);
});

test('all agents have the same moments, which leave room for the latency that was seen before', async () => {
  const orders: TurnsOrder[] = [];
  const noting = (): LoadAgent => {
    const inner = agent(0.02);
    return {
      ...inner,
      clock: async () => 7,
      turns(order) {
        orders.push(order);
        return inner.turns(order);
      },
    };
  };
  const both = team([noting(), noting()]);
  await both.turns(inTurns);
  await both.turns(inTurns);
  const appointments = orders.map((it) => it.appointments);
  expect(appointments[1]).toEqual(appointments[0]);
  expect(appointments[0]?.ramps[0]).toBeGreaterThan(7);
  expect(appointments[0]?.windowSeconds).toBe(0.05);
  expect(appointments[2]?.windowSeconds).toBe(0.1);
});

test('an agent that is lost costs the slices of its order, and then the run', async () => {
  const dying: LoadAgent = { ...agent(), turns: () => Promise.reject(gone) };
  const both = team([agent(), dying]);
  await expect(both.turns(inTurns)).rejects.toMatchObject({
    kind: 'casesFailed',
    message: 'load agent 2 of 2 was lost while it measured',
    hint: 'Run `bench doctor`.',
  });
  await expect(both.turns(inTurns)).rejects.toBe(gone);
});

test('every agent closes its connections and looks for jitter', async () => {
  let closed = 0;
  const closing = (): LoadAgent => ({ ...agent(), letGo: async () => void closed++ });
  const both = team([closing(), closing()]);
  await both.letGo();
  expect(closed).toBe(2);
  expect(await both.jitter(0.5)).toMatchObject({ wallSeconds: 1, gaps: [{ count: 40 }, { count: 40 }] });
});

const gone = new Failure('partial', 'lost contact with the load agent', { hint: 'Run `bench doctor`.' });
const noFaults = { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 };

function agent(medianSeconds = 0.001) {
  return fakeLoadAgent({ seed: 1, serverAt: () => ({ medianSeconds }) });
}

function countOf(latenciesNs: readonly number[]): SliceCount {
  const histogram = emptyHistogram();
  for (const ns of latenciesNs) histogram.recordValue(ns);
  const latency = latencyOf(histogram);
  const requests = latenciesNs.length;
  return {
    ...{ requests, servedRequests: requests, totalRequests: requests, bytes: 100 * requests },
    ...{ turnRates: [10 * requests], wallSeconds: 0.1, loadSeconds: 0.12, edgeSeconds: 0, pendingSeconds: 0 },
    ...{ faults: noFaults, totalConnections: 2, agentSeconds: 0.09 },
    ...(latency === undefined ? {} : { latency }),
  };
}
