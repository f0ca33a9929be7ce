import { expect, test } from 'vitest';
import { nativeCommand } from './natives.ts';

const order = { name: 'bench-k3f9-web', command: ['/opt/bench/bin/serve.sh', 'nginx'], environment: {} };

test('a native server has a mount namespace of its own and no other, and places of its own in it', () => {
  const [program, ...args] = nativeCommand(order);
  expect([program, args[0]]).toEqual(['unshare', '--mount']);
  expect(args.filter((word) => /^--(net|pid|cgroup|uts|ipc|user)/.test(word))).toEqual([]);
  expect(args.slice(-3)).toEqual(['/opt/bench/native/bench-k3f9-web', ...order.command]);
});

test('it is pinned as its container would be', () => {
  expect(nativeCommand({ ...order, cpus: '0' }).slice(-5)).toEqual(['taskset', '-c', '0', ...order.command]);
});
