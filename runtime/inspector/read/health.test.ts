import { expect, test } from 'vitest';
import { parseCpuTicks, readHealth } from './health.ts';
import { emptyRuleset } from './recorded-firewalls.fixture.ts';
import { type RecordedTree, recordedCommander, recordedFiles } from './recorded-machine.fixture.ts';
import { containerAddr, recordedTree, stat } from './recorded-processes.fixture.ts';

const run = recordedCommander({ 'ip -j -d addr': containerAddr, 'nft -j list ruleset': emptyRuleset });
const cpus = '/sys/devices/system/cpu';

async function health(tree: RecordedTree) {
  return readHealth(recordedFiles({ ...recordedTree, ...tree }), run);
}

test('reads the ticks of each CPU, without the sum over all of them', () => {
  expect(parseCpuTicks(stat)).toEqual([
    { name: 'cpu0', busy: 3127, steal: 6, total: 83351 },
    { name: 'cpu1', busy: 5575, steal: 8, total: 83416 },
  ]);
});

test('a machine that gives everything', async () => {
  const seen = await health({
    [`${cpus}/cpu0/cpufreq/scaling_governor`]: 'powersave\n',
    [`${cpus}/cpu1/cpufreq/scaling_governor`]: 'powersave\n',
    [`${cpus}/intel_pstate/no_turbo`]: '0\n',
    '/proc/cpuinfo': 'flags\t\t: fpu vme hypervisor lahf_lm\n',
    '/proc/sys/net/netfilter/nf_conntrack_count': '17\n',
    '/proc/sys/net/netfilter/nf_conntrack_max': '65536\n',
    '/proc/sys/net/ipv4/ip_local_port_range': '10240\t65535\n',
  });
  expect(seen).toMatchObject({
    governors: ['powersave'],
    turbo: true,
    virtual: true,
    conntrack: { entries: 17, limit: 65_536 },
    ports: { first: 10_240, last: 65_535, used: 0, timeWait: 1 },
    input: { refusals: [] },
  });
  expect(seen.interfaces.map(({ name }) => name)).toEqual(['lo', 'eth0']);
});

test('a machine that gives nothing of it: absent, not guessed', async () => {
  const seen = await health({});
  expect(seen).toMatchObject({ governors: [], virtual: false, ports: { first: 32_768, last: 60_999 } });
  expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['turbo']));
  expect(Object.keys(seen)).not.toEqual(expect.arrayContaining(['conntrack']));
});

test.each([
  [{ [`${cpus}/intel_pstate/no_turbo`]: '1\n' }, false],
  [{ [`${cpus}/cpufreq/boost`]: '1\n' }, true],
  [{ [`${cpus}/cpufreq/boost`]: '0\n' }, false],
])('turbo from either driver: %j', async (tree, turbo) => {
  expect((await health(tree)).turbo).toBe(turbo);
});
