import { expect, test } from 'vitest';
import type { HostHealth } from '../../model/host-health.ts';
import { cpuFindings } from './cpu-findings.ts';
import type { DoctorFinding } from './finding.ts';
import { networkFindings } from './network-findings.ts';

const bridge = { name: 'docker0', index: 3, kind: 'bridge', up: true, mtu: 1500, addresses: ['172.17.0.1'] };
const eth0 = { name: 'eth0', index: 2, kind: 'device', up: true, mtu: 1500, addresses: ['192.0.2.2'] };
const idle = { name: 'cpu0', busy: 100, steal: 0, total: 1000 };
const healthy: HostHealth = {
  cpus: [idle, { ...idle, name: 'cpu1' }],
  governors: ['performance'],
  turbo: false,
  virtual: false,
  conntrack: { entries: 12, limit: 262_144 },
  ports: { first: 32_768, last: 60_999, used: 10, timeWait: 5 },
  interfaces: [eth0, bridge],
  routes: [{ destination: 'default', gateway: '192.0.2.1', device: 'eth0' }],
  input: { refusals: [] },
};
/** 0.5 s later on a machine that does nothing. */
const later: HostHealth = { ...healthy, cpus: healthy.cpus.map((cpu) => ({ ...cpu, total: 1050 })) };

function findings(changes: Partial<HostHealth>): readonly DoctorFinding[] {
  const after = { ...later, ...changes };
  return [...cpuFindings(healthy, after), ...networkFindings(after)];
}

/** The only finding that is not ok. */
function warned(changes: Partial<HostHealth>): DoctorFinding {
  const [warning, ...others] = findings(changes).filter(({ level }) => level !== 'ok');
  if (warning === undefined || others.length > 0) throw new Error('one warning was expected');
  return warning;
}

test('a quiet machine: every point is looked at and is ok, and each says why it is looked at', () => {
  const all = findings({});
  expect(all.map(({ subject, level }) => `${subject} ${level}`)).toEqual([
    'CPUs ok',
    'busy CPUs ok',
    'steal ok',
    'CPU governor ok',
    'turbo ok',
    'conntrack ok',
    'ephemeral ports ok',
    'MTU ok',
    'firewall ok',
  ]);
  for (const { why } of all) expect(why).toMatch(/\w+ \w+ \w+/);
});

test.each<[string, Partial<HostHealth>, RegExp, RegExp]>([
  ['CPUs', { cpus: [{ ...idle, total: 1050 }] }, /one/, /two CPUs/],
  [
    'busy CPUs',
    {
      cpus: [
        { name: 'cpu0', busy: 140, steal: 0, total: 1050 },
        { ...idle, name: 'cpu1', total: 1050 },
      ],
    },
    /^cpu0 80 % now/,
    /top/,
  ],
  [
    'steal',
    {
      cpus: [
        { name: 'cpu0', busy: 100, steal: 5, total: 1050 },
        { ...idle, name: 'cpu1', total: 1050 },
      ],
    },
    /10 %/,
    /vmstat/,
  ],
  ['CPU governor', { governors: ['powersave'] }, /powersave/, /cpupower frequency-set -g performance/],
  ['turbo', { turbo: true }, /on/, /no_turbo|boost/],
  [
    'conntrack',
    { conntrack: { entries: 60_000, limit: 65_536 } },
    /60000 of 65536/,
    /nf_conntrack_max=262144/,
  ],
  [
    'ephemeral ports',
    { ports: { first: 32_768, last: 60_999, used: 100, timeWait: 27_000 } },
    /27000 in TIME_WAIT/,
    /Wait a minute/,
  ],
  [
    'ephemeral ports',
    { ports: { first: 50_000, last: 51_000, used: 0, timeWait: 0 } },
    /1001 of 50000 to 51000/,
    /ip_local_port_range/,
  ],
  [
    'MTU',
    { interfaces: [{ ...eth0, mtu: 1450 }, bridge] },
    /docker0 has 1500.*eth0 only 1450/,
    /"mtu": 1450/,
  ],
  [
    'MTU',
    {
      interfaces: [
        { ...eth0, mtu: 1450 },
        { ...bridge, name: 'br-1' },
      ],
    },
    /br-1 has 1500/,
    /driver.mtu=1450/,
  ],
  [
    'firewall',
    { input: { refusals: ['ip filter INPUT drops packets that no rule accepts'] } },
    /INPUT drops/,
    /--open-firewall/,
  ],
  ['firewall', { input: { refusals: [], unread: 'not permitted' } }, /not permitted/, /root/],
])('%s: what was found, and what mends it (%j)', (subject, changes, message, hint) => {
  const warning = warned(changes);
  expect(warning.subject).toBe(subject);
  expect(warning.message).toMatch(message);
  expect(warning.hint).toMatch(hint);
});

test('a bridge that is the way out itself, or a machine without one, has no mismatch', () => {
  expect(findings({ routes: [] }).every(({ level }) => level === 'ok')).toBe(true);
  const wayOut = { ...eth0, name: 'br0', kind: 'bridge', mtu: 1400 };
  const routes = [{ destination: 'default', gateway: '192.0.2.1', device: 'br0' }];
  expect(findings({ interfaces: [wayOut], routes }).every(({ level }) => level === 'ok')).toBe(true);
});

test('a virtual machine without governor and turbo: its host decides', () => {
  const { turbo: _, ...rest } = later;
  const seen = cpuFindings(healthy, { ...rest, governors: [], virtual: true });
  expect(seen.filter(({ message }) => /virtual: its host decides/.test(message))).toHaveLength(2);
});

test('an engine that discards CPU sets: nothing is kept apart, however many CPUs there are', () => {
  const [finding] = cpuFindings(healthy, later, false);
  expect(finding).toMatchObject({ level: 'warning', message: expect.stringContaining('discards CPU sets') });
  expect(finding?.hint).toContain('cpuset');
});

test('a CPU that came or went between the looks is left out', () => {
  const shrunk = cpuFindings(healthy, { ...later, cpus: [{ name: 'cpu9', busy: 5, steal: 0, total: 9 }] });
  expect(shrunk.find(({ subject }) => subject === 'busy CPUs')?.level).toBe('ok');
});
