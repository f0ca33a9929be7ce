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
  '/proc/sys/net/ipv4/ip_forward': '1\n',
  '/proc/sys/net/ipv4/ip_local_port_range': '32768\t60999\n',
  '/proc/1/root/etc/os-release': 'NAME="Debian"\nPRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\n',
  '/etc/os-release': 'PRETTY_NAME="the lab image"\n',
};
const run = recordedCommander({
  'nft -j list ruleset': iptablesNftRuleset,
  'apache2 -v': 'Server version: Apache/2.4.65 (Debian)\nServer built:   2025-07-29T17:58:56\n',
});

test('describes the host, not the image it runs in; what the machine does not have is absent', async () => {
  expect(await readMachine(recordedFiles(tree), run)).toEqual({
    kernel: '6.1.0-32-amd64',
    operatingSystem: 'Debian GNU/Linux 12 (bookworm)',
    cpuModel: 'AMD EPYC',
    cpuCount: 2,
    memoryBytes: 24684096 * 1024,
    firewall: 'iptables-nft',
    inputPolicy: 'ip filter INPUT: ACCEPT, no rules',
    sysctls: { 'net.ipv4.ip_forward': '1', 'net.ipv4.ip_local_port_range': '32768 60999' },
    serverVersions: { apache: 'Apache/2.4.65 (Debian)' },
  });
});

test('reports the CPU governor where the machine has one', async () => {
  const governor = '/sys/devices/system/cpu/cpu0/cpufreq/scaling_governor';
  const machine = await readMachine(recordedFiles({ ...tree, [governor]: 'powersave\n' }), run);
  expect(machine.cpuGovernor).toBe('powersave');
});

test("never passes the image's own name off as the host's", async () => {
  const hidden = { ...tree, '/proc/1/root/etc/os-release': { error: 'EACCES' } };
  expect((await readMachine(recordedFiles(hidden), run)).operatingSystem).toBe('Linux');
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
