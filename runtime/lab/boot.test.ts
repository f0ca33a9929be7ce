import { expect, test } from 'vitest';
import { bootCommand } from './boot.ts';
import { layout, madeInRun } from './layout.ts';
import { labSysctls } from './sysctls.ts';

const at = layout('/var/lib/bench', '/run/bench');

test('a lab is a network, a mount and a pid namespace, and ends with its outermost process', () => {
  const command = bootCommand(at, {}).join(' ');
  expect(command).toContain(
    `flock --no-fork --nonblock ${at.alive} unshare --net --mount --pid --fork --kill-child sh `,
  );
});

test("dockerd has a configuration, places and a group of its own; none of the machine's", () => {
  const args = bootCommand(at, {});
  const after = (flag: string) => args[args.indexOf(flag) + 1];
  expect(after('--config-file')).toBe(at.config);
  expect(after('--data-root')).toBe(at.dataRoot);
  expect(after('--exec-root')).toBe(at.execRoot);
  expect(after('--host')).toBe(`unix://${at.socket}`);
  expect(after('--group')).toBe('root');
  expect(args.filter((arg) => arg.includes('userland-proxy'))).toEqual([]);
});

test.each([true, false])('userland-proxy=%s is passed on where it is asked for', (userlandProxy) => {
  expect(bootCommand(at, { userlandProxy })).toContain(`--userland-proxy=${userlandProxy}`);
});

test('two labs share nothing but the machine', () => {
  const other = layout('/srv/state', '/srv/run');
  expect(Object.values(at).filter((path) => Object.values(other).includes(path))).toEqual([]);
});

test('all that a lab makes in its run directory is known by name', () => {
  const { state, dataRoot, run, lock, cgroup, ...made } = at;
  const names = Object.values(made).map((path) => path.slice(run.length + 1));
  expect(madeInRun).toEqual(expect.arrayContaining(names));
});

test('a lab takes over the settings of the stack, and always forwards and speaks IPv6', async () => {
  const machine: Readonly<Record<string, string>> = {
    '/proc/sys/net/ipv4/tcp_congestion_control': 'bbr\n',
    '/proc/sys/net/ipv4/tcp_rmem': '4096\t131072\t6291456\n',
    '/proc/sys/net/ipv4/ip_forward': '0\n',
  };
  const sysctls = await labSysctls(async (path) => {
    const text = machine[path];
    if (text === undefined) throw new Error('ENOENT');
    return text;
  });
  expect(sysctls).toMatchObject({
    'net/ipv4/tcp_congestion_control': 'bbr',
    'net/ipv4/tcp_rmem': '4096 131072 6291456',
    'net/ipv4/ip_forward': '1',
    'net/ipv6/conf/all/disable_ipv6': '0',
  });
  expect(Object.keys(sysctls)).not.toContain('net/ipv4/tcp_wmem');
});
