import { expect, test } from 'vitest';
import { nativeCommand } from './natives.ts';

const order = {
  server: 'nginx',
  bodyBytes: 1024,
  listen: ['198.18.0.1:20001', '127.0.0.1:20001'],
  paddingBytes: 0,
} as const;
const serve = ['/opt/bench/bin/serve.sh', 'nginx', '1024', '198.18.0.1:20001', '127.0.0.1:20001'];

test('a native server has a mount namespace of its own and no other, and places of its own in it', () => {
  const [program, ...args] = nativeCommand(order);
  expect([program, args[0]]).toEqual(['unshare', '--mount']);
  expect(args.filter((word) => /^--(net|pid|cgroup|uts|ipc|user)/.test(word))).toEqual([]);
  const [settings, body, size] = args.slice(args.lastIndexOf('sh') + 1);
  expect([settings, body]).toEqual(['/run/bench', '/srv/bench']);
  expect(Number(size)).toBeGreaterThan(order.bodyBytes);
  expect(args.slice(-serve.length)).toEqual(serve);
});

test('it keeps none of the capabilities of the inspector but those that its container would have', () => {
  const command = nativeCommand(order);
  expect(command.slice(command.indexOf('setpriv'), -serve.length)).toEqual([
    'setpriv',
    '--bounding-set=-all,+setuid,+setgid,+chown',
    '--inh-caps=-all',
    '--no-new-privs',
  ]);
});

test('it is pinned as its container would be', () => {
  const command = nativeCommand({ ...order, cpus: '0' });
  expect(command.slice(-serve.length - 3)).toEqual(['taskset', '-c', '0', ...serve]);
});
