import fc from 'fast-check';
import { expect, test } from 'vitest';
import { agentCpus, choosePinning, exchanged, serverCpus } from './pinning.ts';

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
