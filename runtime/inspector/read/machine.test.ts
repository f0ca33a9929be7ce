import { expect, test } from 'vitest';
import { parseCpuModel, parseServerVersion, readMachine } from './machine.ts';
import { iptablesNftRuleset } from './recorded-firewalls.fixture.ts';
import { recordedCommander, recordedFiles } from './recorded-machine.fixture.ts';
import { stat } from './recorded-processes.fixture.ts';

const tree = {
  '/proc/stat': stat,
  '/proc/cpuinfo': 'processor\t: 0\nmodel name\t: AMD EPYC\nprocessor\t: 1\nmodel name\t: AMD EPYC\n',
  '/proc/meminfo': 'MemTotal:       24684096 kB\nMemFree:  1 kB\n',
  '/proc/sys/kernel/osrelease': '6.1.0-32-amd64\n',
  '/proc/sys/kernel/random/boot_id': '6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10\n',
  '/proc/sys/net/ipv4/ip_forward': '1\n',
  '/proc/sys/net/ipv6/conf/all/disable_ipv6': '0\n',
  '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
  '/proc/sys/net/bridge/bridge-nf-call-iptables': '1\n',
  '/proc/sys/net/netfilter/nf_conntrack_count': '17\n',
  '/proc/sys/net/netfilter/nf_conntrack_max': '262144\n',
  '/proc/sys/net/netfilter/nf_conntrack_buckets': '65536\n',
  '/proc/1/comm': 'systemd\n',
  '/proc/1/root/etc/os-release': 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  '/etc/os-release': 'PRETTY_NAME="the lab image"\n',
};
const at = { cgroupRoot: '/host/cgroup' };
const interfaces = JSON.stringify([
  { ifindex: 1, ifname: 'lo', mtu: 65536 },
  { ifindex: 2, ifname: 'eth0', mtu: 1460 },
  { ifindex: 3, ifname: 'docker0', mtu: 1500 },
  { ifindex: 5, ifname: 'veth1a2b', link_index: 4, mtu: 1500, linkinfo: { info_kind: 'veth' } },
]);
const run = recordedCommander({
  'nft -j list ruleset': iptablesNftRuleset,
  'ip -j -d addr': interfaces,
  'apache2 -v': 'Server version: Apache/2.4.65 (Debian)\nServer built:   2025-07-29T17:58:56\n',
});

test('describes the host, not the image it runs in; what the machine does not have is absent', async () => {
  expect(await readMachine(recordedFiles(tree), run, at)).toEqual({
    boot: '6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10',
    kernel: '6.1.0-32-amd64',
    operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    cpuModel: 'AMD EPYC',
    cpuCount: 2,
    memoryBytes: 24684096 * 1024,
    firewall: 'iptables-nft',
    inputPolicy: 'ip filter INPUT: ACCEPT, no rules',
    inputPolicy6: 'ACCEPT, no rules',
    network: {
      firewallRules: 2,
      inputPolicy: 'ip filter INPUT: ACCEPT, no rules',
      bridgeNetfilter: true,
      mtu: { lo: 65536, eth0: 1460, docker0: 1500 },
      conntrack: { entries: 17, max: 262144, buckets: 65536 },
    },
    dockerIpv6: false,
    ipv6Off: [],
    sysctls: {
      'net.ipv4.ip_forward': '1',
      'net.ipv4.ip_local_port_range': '32768 60999',
      'net.bridge.bridge-nf-call-iptables': '1',
      'net.netfilter.nf_conntrack_max': '262144',
      'net.netfilter.nf_conntrack_buckets': '65536',
    },
    serverVersions: { apache: 'Apache/2.4.65 (Debian)' },
  });
});

test.each<[string, Record<string, string | { error: string }>, readonly string[]]>([
  [
    'on all interfaces, which new ones and loopback follow',
    { all: '1\n', default: '1\n', lo: '1\n' },
    ['net.ipv6.conf.all.disable_ipv6', 'net.ipv6.conf.default.disable_ipv6', 'net.ipv6.conf.lo.disable_ipv6'],
  ],
  ['on new ones', { all: '0\n', default: '1\n', lo: '0\n' }, ['net.ipv6.conf.default.disable_ipv6']],
  ['at boot', { all: { error: 'ENOENT' } }, ['ipv6.disable']],
])('names the settings that switch IPv6 off: %s', async (_, values, ipv6Off) => {
  const files = Object.entries(values).map(([name, value]) => [
    `/proc/sys/net/ipv6/conf/${name}/disable_ipv6`,
    value,
  ]);
  const machine = await readMachine(recordedFiles({ ...tree, ...Object.fromEntries(files) }), run, at);
  expect(machine.ipv6Off).toEqual(ipv6Off);
});

test('reports the CPU governor where the machine has one', async () => {
  const governor = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';
  const machine = await readMachine(recordedFiles({ ...tree, [governor]: 'powersave\n' }), run, at);
  expect(machine.cpuGovernor).toBe('powersave');
});

test("never passes the image's own name off as the host's", async () => {
  const hidden = { ...tree, '/proc/1/root/etc/os-release': { error: 'EACCES' } };
  expect((await readMachine(recordedFiles(hidden), run, at)).operatingSystem).toBe('Linux');
});

test('an Arm CPU has numbers for a name', () => {
  expect(parseCpuModel('processor\t: 0\nCPU implementer\t: 0x41\nCPU part\t: 0xd0c\n')).toBe(
    'implementer 0x41 part 0xd0c',
  );
});

test('a server says its version after the colon', () => {
  expect(parseServerVersion('nginx version: nginx/1.26.3\n')).toBe('nginx/1.26.3');
  expect(parseServerVersion('command not understood')).toBeUndefined();
});

test('a host without connection tracking, bridge filter or a firewall that can be read says so by what is absent', async () => {
  const { network } = await readMachine(
    recordedFiles({
      ...tree,
      '/proc/sys/net/bridge/bridge-nf-call-iptables': { error: 'ENOENT' },
      '/proc/sys/net/netfilter/nf_conntrack_max': { error: 'ENOENT' },
    }),
    recordedCommander({ 'ip -j -d addr': interfaces }),
    at,
  );
  expect(network).toEqual({
    inputPolicy: expect.stringMatching(/^unread: /),
    bridgeNetfilter: false,
    mtu: { lo: 65536, eth0: 1460, docker0: 1500 },
  });
});

test('mitigations are told by their files, each on one line', async () => {
  const directory = '/sys/devices/system/cpu/vulnerabilities';
  const { mitigations } = await readMachine(
    recordedFiles({
      ...tree,
      [`${directory}/spectre_v2`]: 'Mitigation: Retpolines; STIBP: disabled\n',
      [`${directory}/meltdown`]: 'Not affected\n',
      [`${directory}/itlb_multihit`]: { error: 'EACCES' },
    }),
    run,
    at,
  );
  expect(mitigations).toEqual({
    meltdown: 'Not affected',
    spectre_v2: 'Mitigation: Retpolines; STIBP: disabled',
  });
});
