import { describe, expect, test } from 'vitest';
import { readDaemon } from './daemon.ts';
import { type RecordedTree, recordedFiles } from './recorded-machine.fixture.ts';

/** A machine with a dockerd of each given command line, from pid 100 on. */
function machine(
  daemons: readonly {
    readonly args?: readonly string[];
    readonly stack?: string;
    readonly config?: string;
  }[],
): RecordedTree {
  const entries = daemons.map(({ args = [], stack = 'net:[1]', config }, index) => {
    const pid = 100 + index;
    return {
      [`/proc/${pid}/comm`]: 'dockerd\n',
      [`/proc/${pid}/cmdline`]: ['/usr/sbin/dockerd', ...args, ''].join('\0'),
      [`/proc/${pid}/ns/net`]: { link: stack },
      ...(config === undefined ? {} : { [`/proc/${pid}/root/etc/docker/daemon.json`]: config }),
    };
  });
  return Object.assign({ '/proc/self/ns/net': { link: 'net:[1]' }, '/proc/1/comm': 'systemd\n' }, ...entries);
}

test.each<[string, readonly string[], string | undefined, boolean]>([
  ['nothing: the default', [], undefined, true],
  ['--userland-proxy=false', ['--userland-proxy=false'], undefined, false],
  ['--userland-proxy=0', ['--userland-proxy=0'], undefined, false],
  ['--userland-proxy', ['--userland-proxy'], undefined, true],
  ['another flag of that beginning', ['--userland-proxy-path=/false'], undefined, true],
  ['its file', [], '{"userland-proxy": false}', false],
  ['a file without it', [], '{"mtu": 1400}', true],
  ['a file that is damaged', [], '{"userland-proxy": fal', true],
])('told by %s', (_, args, config, userlandProxy) => {
  const tree = machine([{ args, ...(config === undefined ? {} : { config }) }]);
  expect(readDaemon(recordedFiles(tree), '/var/lib/docker', undefined)).toEqual({
    pid: 100,
    userlandProxy,
    iptables: true,
  });
});

test.each<[string, readonly string[], string | undefined, boolean | undefined]>([
  ['nobody: its version decides', [], undefined, undefined],
  ['--ip6tables', ['--experimental', '--ip6tables'], undefined, true],
  ['--ip6tables=false', ['--ip6tables=false'], undefined, false],
  ['its file', [], '{"ip6tables": true, "experimental": true}', true],
  ['what is no yes or no', [], '{"ip6tables": "yes"}', undefined],
])('whether it writes IPv6 rules, told by %s', (_, args, config, ip6tables) => {
  const tree = machine([{ args, ...(config === undefined ? {} : { config }) }]);
  expect(readDaemon(recordedFiles(tree), '/var/lib/docker', undefined)?.ip6tables).toBe(ip6tables);
});

test.each<[string, readonly string[], string | undefined, boolean]>([
  ['nothing: the default', [], undefined, true],
  ['--iptables=false', ['--iptables=false'], undefined, false],
  ['its file', [], '{"iptables": false}', false],
])('whether it writes rules, told by %s', (_, args, config, iptables) => {
  const tree = machine([{ args, ...(config === undefined ? {} : { config }) }]);
  expect(readDaemon(recordedFiles(tree), undefined, undefined)?.iptables).toBe(iptables);
});

describe('a file that was written after the daemon had started', () => {
  const file = '/proc/100/root/etc/docker/daemon.json';
  const edited = (args: readonly string[], text: string, writtenAt: number): RecordedTree => ({
    ...machine([{ args }]),
    '/proc/100/root/run/docker.pid': { text: '100', writtenAt: 1000 },
    [file]: { text, writtenAt },
  });
  const off = '{"userland-proxy": false, "iptables": false}';

  test('does not hold: what the daemon does is told, and that it has changed', () => {
    const rules = { written: true, userlandProxy: true };
    expect(readDaemon(recordedFiles(edited([], off, 1001)), undefined, rules)).toEqual({
      pid: 100,
      userlandProxy: true,
      iptables: true,
      changedFile: '/etc/docker/daemon.json',
    });
    expect(readDaemon(recordedFiles(edited([], off, 999)), undefined, undefined)).toEqual({
      pid: 100,
      userlandProxy: false,
      iptables: false,
    });
  });

  test('is told by the pid file that a flag names, too', () => {
    const tree = edited(['--pidfile', '/run/other.pid'], off, 1001);
    const other = { ...tree, '/proc/100/root/run/other.pid': { text: '100', writtenAt: 1002 } };
    expect(readDaemon(recordedFiles(other), undefined, undefined)?.changedFile).toBeUndefined();
  });

  test('leaves what nothing else shows unsaid; a flag holds', () => {
    const tree = edited(['--iptables=false'], '{}', 1001);
    expect(readDaemon(recordedFiles(tree), undefined, undefined)).toEqual({
      pid: 100,
      iptables: false,
      changedFile: '/etc/docker/daemon.json',
    });
  });

  test('a docker-proxy that the daemon started shows the setting by itself; that of another daemon does not', () => {
    const proxied = (parent: number): RecordedTree => ({
      ...edited([], off, 1001),
      [`/proc/${parent}/task/${parent}/children`]: '200 201 ',
      '/proc/200/cmdline': 'containerd\0',
      '/proc/201/cmdline': ['/usr/sbin/docker-proxy', '-proto', 'tcp', '-host-port', '8081', ''].join('\0'),
    });
    expect(readDaemon(recordedFiles(proxied(100)), undefined, undefined)?.userlandProxy).toBe(true);
    expect(readDaemon(recordedFiles(proxied(101)), undefined, undefined)?.userlandProxy).toBeUndefined();
  });
});

test('reads the file that the daemon was pointed to, in the root that the daemon has', () => {
  const tree = {
    ...machine([{ args: ['--config-file', '/etc/engine.json'] }]),
    '/etc/engine.json': '{"userland-proxy": true}',
    '/proc/100/root/etc/engine.json': '{"userland-proxy": false}',
  };
  expect(readDaemon(recordedFiles(tree), undefined, undefined)?.userlandProxy).toBe(false);
});

test('of several daemons it is the one with the data root that the API gives', () => {
  const tree = machine([
    {},
    { args: ['--data-root', '/var/lib/bench/engine', '--userland-proxy=false'] },
    { args: ['--data-root=/elsewhere'] },
  ]);
  const files = recordedFiles(tree);
  expect(readDaemon(files, '/var/lib/bench/engine', undefined)).toEqual({
    pid: 101,
    userlandProxy: false,
    iptables: true,
  });
  expect(readDaemon(files, '/var/lib/docker/100000.100000', undefined)?.pid).toBe(100);
  expect(readDaemon(files, '/nowhere', undefined)).toBeUndefined();
  expect(readDaemon(files, '/elsewhere-2', undefined)).toBeUndefined();
});

test('of two daemons with one data root, each in a mount namespace of its own, it is the one of this network stack', () => {
  const tree = machine([
    { stack: 'net:[2]', args: ['--userland-proxy=false'], config: '{"ip6tables": true}' },
    {},
    { stack: 'net:[3]', args: ['--userland-proxy=false'] },
  ]);
  expect(readDaemon(recordedFiles(tree), '/var/lib/docker', undefined)).toEqual({
    pid: 101,
    userlandProxy: true,
    iptables: true,
  });
});

test('a daemon in another network stack is not the one, nor is another engine', () => {
  const elsewhere = machine([{ stack: 'net:[2]', args: ['--userland-proxy=false'] }]);
  expect(readDaemon(recordedFiles(elsewhere), '/var/lib/docker', undefined)).toBeUndefined();
  expect(readDaemon(recordedFiles(machine([])), '/var/lib/docker', undefined)).toBeUndefined();
});
