import { expect, test } from 'vitest';
import { iptablesNftNat, iptablesNftRuleset } from './recorded-firewalls.fixture.ts';
import { recordedCommander, recordedFiles } from './recorded-machine.fixture.ts';
import { recordedTree } from './recorded-processes.fixture.ts';
import { snapshotReader } from './snapshot.ts';

const order = {
  cgroups: { server: 31360 },
  containers: [31360],
  idle: [],
  stacks: { server: 31360 },
  hostInterfaces: ['bench-k3f9'],
  ports: [8087],
};
const outputs = {
  'nft -j list ruleset': iptablesNftRuleset,
  'iptables-nft-save -c -t nat': iptablesNftNat,
};

function reader(journal: string[]) {
  const files = recordedFiles(recordedTree, journal);
  return snapshotReader(
    files,
    recordedCommander(outputs, journal),
    () => 1000,
    '/host/cgroup',
    () => 0.5,
  );
}

test('one snapshot has every counter that was asked for', async () => {
  const snapshot = await reader([])({ edge: 'before', ...order });
  expect(snapshot).toMatchObject({
    atSeconds: 1000,
    cpu: { busySeconds: 2 * 1000 - 1577.14 - 3.39 - 0.14 },
    ownSeconds: 0.5,
    memoryStallSeconds: 2.5,
    cgroups: { server: { cpuSeconds: 0.042985434, throttledSeconds: 0.25 } },
    stacks: { server: { rxPackets: 612, txPackets: 402 } },
    hostInterfaces: { 'bench-k3f9': { rxPackets: 8, txPackets: 6 } },
    dnat: { 8087: { packets: 42, target: '172.17.0.2:80' } },
    proxies: { 8087: { pids: [31304] } },
  });
});

test('a load agent that waits is part of what the run needs, and one that has exited is not', async () => {
  const { ownSeconds } = await reader([])({ edge: 'before', ...order });
  const waiting = await reader([])({ edge: 'before', ...order, idle: [31360, 99999] });
  expect(waiting.ownSeconds - ownSeconds).toBeCloseTo(0.042985434, 9);
});

test('before a slice /proc/stat is read last, after it first', async () => {
  const journal: string[] = [];
  const read = reader(journal);
  await read({ edge: 'before', ...order });
  expect(journal.at(-1)).toBe('/proc/stat');
  expect(journal.filter((path) => path === '/proc/stat')).toHaveLength(1);
  journal.length = 0;
  await read({ edge: 'after', ...order });
  expect(journal[0]).toBe('/proc/stat');
  expect(journal.filter((path) => path === '/proc/stat')).toHaveLength(1);
});

test('both edges read the same things', async () => {
  const read = reader([]);
  expect(await read({ edge: 'after', ...order })).toEqual(await read({ edge: 'before', ...order }));
});

test('without published ports no command is run', async () => {
  const read = snapshotReader(
    recordedFiles(recordedTree),
    () => Promise.reject(new Error('a command was run')),
    () => 1,
    '/host/cgroup',
    () => 0,
  );
  const snapshot = await read({ edge: 'before', ...order, ports: [] });
  expect([snapshot.dnat, snapshot.proxies]).toEqual([{}, {}]);
});

test('says which of the containers has gone', async () => {
  const read = reader([]);
  await expect(read({ edge: 'before', ...order, cgroups: { agent: 5 } })).rejects.toThrow(
    'agent (pid 5) has exited',
  );
});

test('what the run itself needs is read next to the clock, so that it holds no work of the snapshot itself', async () => {
  const journal: string[] = [];
  const files = recordedFiles(recordedTree, journal);
  const spent = () => {
    journal.push('own');
    return 0.5;
  };
  const read = snapshotReader(files, recordedCommander(outputs, journal), () => 1, '/host/cgroup', spent);
  await read({ edge: 'before', ...order });
  expect(journal.slice(-2)).toEqual(['own', '/proc/stat']);
  journal.length = 0;
  await read({ edge: 'after', ...order });
  const own = journal.indexOf('own');
  expect(own).toBeGreaterThan(journal.indexOf('/proc/stat'));
  expect(own).toBeLessThan(journal.indexOf('/proc/31360/cgroup'));
});
