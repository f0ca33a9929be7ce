import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agentCpus, choosePinning, exchanged, mostAgentsOn, serverCpus } from './pinning.ts';

test('with one CPU there is nothing to separate', () => {
  const pinning = choosePinning(1);
  expect(pinning).toEqual({ kind: 'shared' });
  expect([serverCpus(pinning), agentCpus(pinning)]).toEqual([{}, {}]);
});

test('with more, servers and agents have different CPUs, both of which exist', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 512 }), (cpuCount) => {
      const pinning = choosePinning(cpuCount);
      const [server, agent] = [serverCpus(pinning).cpus, agentCpus(pinning).cpus];
      expect(server).not.toBe(agent);
      for (const cpu of [server, agent]) expect(Number(cpu)).toBeLessThan(cpuCount);
    }),
  );
});

test('with four or more, they are on different cores in both numberings of hardware threads', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 256 }), (cores) => {
      const pinning = choosePinning(cores * 2);
      const [server, agent] = [Number(serverCpus(pinning).cpus), Number(agentCpus(pinning).cpus)];
      expect(Math.floor(server / 2)).not.toBe(Math.floor(agent / 2));
      expect(server % cores).not.toBe(agent % cores);
    }),
  );
});

test('exchanged, each has the CPUs of the other', () => {
  const pinning = { kind: 'disjoint', serverCpus: '0', agentCpus: '3' } as const;
  expect(exchanged(pinning)).toEqual({ kind: 'disjoint', serverCpus: '3', agentCpus: '0' });
});

test('each of several agents has a CPU of its own, and the first has the one that it would have alone', () => {
  const machine = fc.integer({ min: 2, max: 64 }).chain((cpuCount) =>
    fc.record({
      cpuCount: fc.constant(cpuCount),
      agents: fc.integer({ min: 1, max: mostAgentsOn(cpuCount) }),
    }),
  );
  fc.assert(
    fc.property(machine, ({ cpuCount, agents }) => {
      const pinning = choosePinning(cpuCount, agents);
      const each = Array.from({ length: agents }, (_, place) => agentCpus(pinning, place).cpus);
      expect(new Set([serverCpus(pinning).cpus, ...each]).size).toBe(agents + 1);
      for (const cpu of each) expect(Number(cpu)).toBeLessThan(cpuCount);
      expect(each[0]).toBe(agentCpus(choosePinning(cpuCount)).cpus);
    }),
  );
});

test('CPUs that may be siblings of the server’s are taken last', () => {
  expect(choosePinning(8, 7)).toEqual({ kind: 'disjoint', serverCpus: '0', agentCpus: '3,2,5,6,7,1,4' });
});

test('more agents than CPUs beside the server’s share all CPUs', () => {
  expect(choosePinning(2, 2)).toEqual({ kind: 'shared' });
});

test('exchanged, the servers have the first agent’s CPU, and the others stay where they are', () => {
  const pinning = { kind: 'disjoint', serverCpus: '0', agentCpus: '3,2' } as const;
  expect(exchanged(pinning)).toEqual({ kind: 'disjoint', serverCpus: '3', agentCpus: '0,2' });
  expect(exchanged(exchanged(pinning))).toEqual(pinning);
});
