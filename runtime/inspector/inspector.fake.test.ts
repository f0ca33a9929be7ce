import { expect, test } from 'vitest';
import { fakeInspector } from './inspector.fake.ts';

const order = {
  cgroups: { server: 7 },
  containers: [7],
  idle: [],
  stacks: { server: 7 },
  hostInterfaces: ['bench-a'],
  ports: [8080],
};

test('counters grow by what the script says, from one snapshot to the next', async () => {
  const inspector = fakeInspector({
    stacks: {},
    grow: (_, nth) => ({
      seconds: 0.5,
      cpu: { busySeconds: nth },
      cgroups: { server: { cpuSeconds: 0.25, throttledSeconds: 0 } },
      dnat: { 8080: { packets: nth === 1 ? 0 : 32, target: '172.17.0.2:80' } },
    }),
  });
  const before = await inspector.call('snapshot', { edge: 'before', ...order });
  const after = await inspector.call('snapshot', { edge: 'after', ...order });
  expect(after.atSeconds - before.atSeconds).toBe(0.5);
  expect(after.cpu.busySeconds - before.cpu.busySeconds).toBe(2);
  expect(after.cgroups['server']).toEqual({ cpuSeconds: 0.5, throttledSeconds: 0 });
  expect([before.dnat['8080']?.packets, after.dnat['8080']?.packets]).toEqual([0, 32]);
  expect(after.hostInterfaces['bench-a']?.rxPackets).toBe(0);
  expect(after.proxies).toEqual({});
});

test('only what is asked for is answered', async () => {
  const inspector = fakeInspector({
    stacks: {},
    grow: () => ({
      dnat: { 9090: { packets: 1, target: '172.17.0.2:80' } },
      cgroups: { other: { cpuSeconds: 1 } },
    }),
  });
  const snapshot = await inspector.call('snapshot', { edge: 'before', ...order });
  expect(snapshot.dnat).toEqual({});
  expect(snapshot.cgroups).toEqual({ server: { cpuSeconds: 0 } });
});

test('a failure that is scripted happens instead of the call', async () => {
  const inspector = fakeInspector({
    stacks: {},
    fail: ({ call }) => (call === 'create-link' ? new Error('no veth in this kernel') : undefined),
  });
  const link = { name: 'bench-a', remark: '', pid: 7, hostAddress: '198.18.0.1', peerAddress: '198.18.0.2' };
  await expect(inspector.call('create-link', link)).rejects.toThrow('no veth in this kernel');
  expect(inspector.links()).toEqual([]);
  expect(inspector.journal).toEqual([{ call: 'create-link', input: link }]);
});

test('links go with the inspector, and it answers no more', async () => {
  const inspector = fakeInspector({ stacks: {}, routes: ['198.18.0.0/24'] });
  expect(await inspector.call('free-subnet', {})).toEqual({ subnet: '198.18.1.0/24' });
  const link = { name: 'bench-a', remark: '', pid: 7, hostAddress: '198.18.1.1', peerAddress: '198.18.1.2' };
  await inspector.call('create-link', link);
  expect(await inspector.call('links', { prefix: 'bench-' })).toEqual({ names: ['bench-a'] });
  inspector.close();
  expect(inspector.links()).toEqual([]);
  await expect(inspector.call('machine', {})).rejects.toThrow('lost contact');
});
