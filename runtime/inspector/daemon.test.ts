import { expect, test } from 'vitest';
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
  expect(readDaemon(recordedFiles(tree), '/var/lib/docker')).toEqual({ pid: 100, userlandProxy });
});

test.each<[string, readonly string[], string | undefined, boolean | undefined]>([
  ['nobody: its version decides', [], undefined, undefined],
  ['--ip6tables', ['--experimental', '--ip6tables'], undefined, true],
  ['--ip6tables=false', ['--ip6tables=false'], undefined, false],
  ['its file', [], '{"ip6tables": true, "experimental": true}', true],
  ['what is no yes or no', [], '{"ip6tables": "yes"}', undefined],
])('whether it writes IPv6 rules, told by %s', (_, args, config, ip6tables) => {
  const tree = machine([{ args, ...(config === undefined ? {} : { config }) }]);
  expect(readDaemon(recordedFiles(tree), '/var/lib/docker')?.ip6tables).toBe(ip6tables);
});

test('reads the file that the daemon was pointed to, in the root that the daemon has', () => {
  const tree = {
    ...machine([{ args: ['--config-file', '/etc/engine.json'] }]),
    '/etc/engine.json': '{"userland-proxy": true}',
    '/proc/100/root/etc/engine.json': '{"userland-proxy": false}',
  };
  expect(readDaemon(recordedFiles(tree), undefined)?.userlandProxy).toBe(false);
});

test('of several daemons it is the one with the data root that the API gives', () => {
  const tree = machine([
    {},
    { args: ['--data-root', '/var/lib/bench/engine', '--userland-proxy=false'] },
    { args: ['--data-root=/elsewhere'] },
  ]);
  const files = recordedFiles(tree);
  expect(readDaemon(files, '/var/lib/bench/engine')).toEqual({ pid: 101, userlandProxy: false });
  expect(readDaemon(files, '/var/lib/docker/100000.100000')?.pid).toBe(100);
  expect(readDaemon(files, '/nowhere')).toBeUndefined();
  expect(readDaemon(files, '/elsewhere-2')).toBeUndefined();
});

test('of two daemons with one data root, each in a mount namespace of its own, it is the one of this network stack', () => {
  const tree = machine([
    { stack: 'net:[2]', args: ['--userland-proxy=false'], config: '{"ip6tables": true}' },
    {},
    { stack: 'net:[3]', args: ['--userland-proxy=false'] },
  ]);
  expect(readDaemon(recordedFiles(tree), '/var/lib/docker')).toEqual({ pid: 101, userlandProxy: true });
});

test('a daemon in another network stack is not the one, nor is another engine', () => {
  const elsewhere = machine([{ stack: 'net:[2]', args: ['--userland-proxy=false'] }]);
  expect(readDaemon(recordedFiles(elsewhere), '/var/lib/docker')).toBeUndefined();
  expect(readDaemon(recordedFiles(machine([])), '/var/lib/docker')).toBeUndefined();
});
