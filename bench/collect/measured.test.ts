import { expect, test } from 'vitest';
import type { SliceCount } from '../model/load-agent.ts';
import type { MachineCpu } from '../model/machine-cpu.ts';
import type { Reading } from '../model/reading.ts';
import type { MachineFigures } from '../model/slice.ts';
import { blockFigures, type CpuPlaces, machineFigures, measuredSlice, type Readings } from './measured.ts';
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
  pendingSeconds: 0.004,
  faults: { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 },
  totalRequests: 1_200,
  totalConnections: 32,
};

function machineCpu(busySeconds: number, more: Partial<MachineCpu> = {}): MachineCpu {
  const rest = { userSeconds: 1, systemSeconds: 2, irqSeconds: 0.25, softirqSeconds: 0.5, stealSeconds: 0 };
  return { busySeconds, ...rest, ...more };
}

const before: Reading = { atSeconds: 10, machine: machineCpu(3.5) };
const closed = { connections: 32, load: 'closed' } as const;
const machine: MachineFigures = { wallSeconds: 0.25, cpus: 2, busySeconds: 0.3, stealSeconds: 0 };

interface Slice {
  readonly from?: Partial<Reading>;
  readonly to?: Partial<Reading>;
  readonly counted?: Partial<SliceCount>;
  readonly profile?: Parameters<typeof measuredSlice>[1];
  readonly cpus?: CpuPlaces;
}

function measured({ from, to, counted, profile = closed, cpus }: Slice = {}) {
  const readings = { before: { ...before, ...from }, after: { ...before, atSeconds: 10.25, ...to } };
  const grown = growth(readings.before, readings.after, { connections: 32, requests: count.totalRequests });
  return measuredSlice({ ...count, ...counted }, profile, readings, { machine, grown, cpus });
}

test("CPU time is the server's, the agent's own and the proxy's, over all responses under load", () => {
  const { cpu } = measured({
    from: { server: { cpuSeconds: 1 }, agent: { cpuSeconds: 2 }, proxySeconds: 0.5 },
    to: { server: { cpuSeconds: 1.2 }, agent: { cpuSeconds: 2.1 }, proxySeconds: 0.75 },
    counted: { machine: machineCpu(0.25, { softirqSeconds: 0.05 }) },
  });
  expect(cpu).toEqual({
    loadSeconds: 0.2,
    requests: 1_200,
    serverSeconds: expect.closeTo(0.2, 9),
    proxySeconds: 0.25,
    // Its own count: the reading has all of its slices.
    agentSeconds: 0.06,
    softirqSeconds: 0.05,
  });
});

test('what the machine does not give is left out, never 0', () => {
  expect(Object.keys(measured().cpu).sort()).toEqual(['agentSeconds', 'loadSeconds', 'requests']);
  const oneEnd = measured({ to: { server: { cpuSeconds: 1 } }, counted: { cpuBusySeconds: [0.1, 0.2] } });
  expect(Object.keys(oneEnd.cpu).sort()).toEqual(['agentSeconds', 'loadSeconds', 'requests']);
});

test('one agent whose CPU is busy all the time is the limit of all', () => {
  const counted = { cpuBusySeconds: [0.1, 0.12, 0.19] };
  const { cpu } = measured({ counted, cpus: { server: 0, agents: [1, 2] } });
  expect(cpu).toMatchObject({ serverCpuBusySeconds: 0.1, agentCpuBusySeconds: 0.19 });
});

test('the busy time of each CPU is that of the end which ran on it, also where they are exchanged', () => {
  const counted = { cpuBusySeconds: [0.19, 0.08] };
  const own = measured({ counted, cpus: { server: 0, agents: [1] } });
  expect(own.cpu).toMatchObject({ serverCpuBusySeconds: 0.19, agentCpuBusySeconds: 0.08 });
  const exchanged = measured({ counted, cpus: { server: 1, agents: [0] } });
  expect(exchanged.cpu).toMatchObject({ serverCpuBusySeconds: 0.08, agentCpuBusySeconds: 0.19 });
  // Not read, and read of another CPU only.
  expect(measured({ cpus: { server: 0, agents: [1] } }).cpu).not.toHaveProperty('serverCpuBusySeconds');
  expect(measured({ counted, cpus: { server: 0, agents: [7] } }).cpu).not.toHaveProperty(
    'agentCpuBusySeconds',
  );
});

test('what is under load outside the windows is discarded with the ramp', () => {
  const turnRates = [6016.66666, 5_900, 0.12345678];
  const slice = measured({ counted: { turnRates } });
  expect(slice.rampSeconds).toBeCloseTo(0.05, 9);
  expect(slice).toMatchObject({
    turns: 3,
    turnRates: [6016.67, 5_900, 0.123457],
    servedRequests: 902.5,
    wallSeconds: 0.15,
    pendingSeconds: 0.004,
    machine,
  });
});

test('the rates of turns are kept of closed loops, and no turns where there was one window', () => {
  const slice = (turnRates: readonly number[], load: 'closed' | 'paced') =>
    measured({ counted: { turnRates }, profile: { connections: 1, load } });
  expect(slice([5, 6], 'closed')).toMatchObject({ turns: 2, turnRates: [5, 6] });
  expect(slice([5, 6], 'paced')).toMatchObject({ turns: 2 });
  expect(slice([5, 6], 'paced')).not.toHaveProperty('turnRates');
  expect(slice([5], 'closed')).not.toHaveProperty('turns');
  expect(slice([5], 'closed')).not.toHaveProperty('turnRates');
});

test('paced load says what was offered and sent', () => {
  const pacing = { offeredPerSecond: 6_000, sentPerSecond: 5_990, sendLagP50Us: 40, sendLagP99Us: 900 };
  expect(measured({ counted: { pacing }, profile: { connections: 32, load: 'paced' } })).toMatchObject({
    pacing,
  });
  expect(measured()).not.toHaveProperty('pacing');
});

/*
 * Two slices that took turns. Read before the first, before the second, after the second, after the first; the machine's
 * figures are those between the two readings of the second.
 */
function turns(changed: (second: Readings) => Partial<Readings> = () => ({})): readonly Readings[] {
  const first: Readings = {
    before: {
      atSeconds: 10,
      machine: machineCpu(100),
      ownSeconds: 7,
      server: { cpuSeconds: 1 },
      agent: { cpuSeconds: 5 },
    },
    after: {
      atSeconds: 12.03,
      machine: machineCpu(103.02, { stealSeconds: 0.03 }),
      ownSeconds: 7.31,
      server: { cpuSeconds: 1.6 },
      agent: { cpuSeconds: 6.2 },
    },
  };
  const second: Readings = {
    before: {
      atSeconds: 10.01,
      machine: machineCpu(100.01),
      ownSeconds: 7.01,
      server: { cpuSeconds: 20 },
      agent: { cpuSeconds: 5.1 },
      proxySeconds: 3,
    },
    after: {
      atSeconds: 12.02,
      machine: machineCpu(103, { stealSeconds: 0.02, irqSeconds: 0.27, softirqSeconds: 0.6 }),
      ownSeconds: 7.3,
      server: { cpuSeconds: 20.5 },
      agent: { cpuSeconds: 6.1 },
      proxySeconds: 3.2,
    },
  };
  return [first, { ...second, ...changed(second) }];
}
const twoCpus = { cpus: 2, irqApart: false };

test('the machine is looked at between the readings of the deployment that was read last before the load', () => {
  for (const slices of [turns(), turns().toReversed()]) {
    expect(machineFigures(slices, twoCpus)).toEqual({
      wallSeconds: expect.closeTo(12.02 - 10.01, 9),
      cpus: 2,
      busySeconds: expect.closeTo(103 - 100.01, 9),
      stealSeconds: 0.02,
      foreignSeconds: expect.any(Number),
    });
  }
});

test('foreign is the busy time without the servers, the one agent, the proxies, and what bench and the engine used', () => {
  // 2.99 s busy: 0.6 and 0.5 of the servers, 1.0 of the agent, 0.2 of a proxy, 0.29 of bench and the engine.
  const left = 2.99 - (0.6 + 0.5 + 1 + 0.2 + 0.29);
  expect(machineFigures(turns(), twoCpus).foreignSeconds).toBeCloseTo(left, 9);
  // Interrupts that are counted apart, 0.02 and 0.1 s, are in nobody's counter.
  const apart = machineFigures(turns(), { cpus: 2, irqApart: true });
  expect(apart.foreignSeconds).toBeCloseTo(left - (0.02 + 0.1), 9);
});

test('parts that are counted more finely than the busy time do not make it negative', () => {
  const idle = turns(({ after }) => ({ after: { ...after, machine: machineCpu(101.9) } }));
  expect(machineFigures(idle, twoCpus).foreignSeconds).toBe(0);
});

test.each([
  ['bench and the engine', 'ownSeconds'],
  ['the agent', 'agent'],
  ['a server', 'server'],
] as const)('where %s is not read at one end, nothing is said about foreign time', (_, part) => {
  for (const end of ['before', 'after'] as const) {
    const unread = turns().map((it) => {
      const { [part]: __, ...rest } = it[end];
      return { ...it, [end]: rest };
    });
    expect(machineFigures(unread, twoCpus), end).not.toHaveProperty('foreignSeconds');
    expect(machineFigures(unread, twoCpus).busySeconds, end).toBeGreaterThan(2);
  }
});

test('one server that is not read is enough to say nothing about foreign time', () => {
  const unread = turns(({ after: { server: __, ...after } }) => ({ after }));
  expect(machineFigures(unread, twoCpus)).not.toHaveProperty('foreignSeconds');
});

test('throttling of several groups by one above all of them is told once, and a stall once for all slices', () => {
  const held = turns().map(({ before: from, after: to }, place) => ({
    before: {
      ...from,
      server: { cpuSeconds: 1, throttledSeconds: place },
      agent: { cpuSeconds: 5, throttledSeconds: 0.5 },
      memoryStallSeconds: 3 + place / 100,
    },
    after: {
      ...to,
      server: { cpuSeconds: 1.5, throttledSeconds: place + 0.03 },
      agent: { cpuSeconds: 6, throttledSeconds: 0.53 },
      memoryStallSeconds: 3.25 + place / 100,
    },
  }));
  const { throttledSeconds, memoryStallSeconds } = machineFigures(held, twoCpus);
  expect(throttledSeconds).toBeCloseTo(0.03, 9);
  expect(memoryStallSeconds).toBeCloseTo(0.25, 9);
  expect(machineFigures(turns(), twoCpus)).not.toHaveProperty('throttledSeconds');
  expect(machineFigures(turns(), twoCpus)).not.toHaveProperty('memoryStallSeconds');
});

test('a part of the machine that lags behind by a tick is 0, not negative', () => {
  const lagging = turns().map(({ before: from, after }) => ({
    before: { ...from, machine: machineCpu(3.5, { stealSeconds: 0.01 }) },
    after: { ...after, machine: machineCpu(3.49) },
  }));
  expect(machineFigures(lagging, twoCpus)).toMatchObject({ busySeconds: 0, stealSeconds: 0 });
});

test("a block's figures are the sum of its stretches; the longest throttling counts, and what one lacks is absent", () => {
  const stretch: MachineFigures = {
    ...machine,
    foreignSeconds: 0.02,
    throttledSeconds: 0.01,
    stealSeconds: 0.001,
  };
  const calm = { ...stretch, foreignSeconds: 0, throttledSeconds: 0 };
  expect(blockFigures([stretch, calm, calm])).toEqual({
    wallSeconds: expect.closeTo(0.75, 9),
    cpus: 2,
    busySeconds: expect.closeTo(0.9, 9),
    foreignSeconds: 0.02,
    stealSeconds: expect.closeTo(0.003, 9),
    throttledSeconds: 0.01,
  });
  expect(blockFigures([stretch, machine])).not.toHaveProperty('foreignSeconds');
});

test('reconnects are in the line of their slice, and among the connections that the path counters saw', () => {
  const counted = { totalConnections: 49, reconnects: 17, resent: 2 };
  const readings = { before, after: { ...before, atSeconds: 10.25 } };
  const grown = growth(readings.before, readings.after, {
    connections: counted.totalConnections,
    requests: count.totalRequests,
  });
  const slice = measuredSlice({ ...count, ...counted }, closed, readings, {
    machine,
    grown,
    cpus: undefined,
  });
  expect(slice).toMatchObject({ connections: 32, reconnects: 17, resent: 2, counters: { connections: 49 } });
  expect(measured()).not.toHaveProperty('reconnects');
  expect(measured()).not.toHaveProperty('resent');
});
