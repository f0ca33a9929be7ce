import { expect, test } from 'vitest';
import { networkStackSchema } from '../../bench/model/network-stack.ts';
import type { NetworkStack } from '../inspector/contract.ts';
import { hostEnds, rawStanding } from './raw-evidence.ts';

const lo = { name: 'lo', index: 1, kind: 'loopback', up: true, mtu: 65536, addresses: ['127.0.0.1'] };
const host: NetworkStack = {
  namespace: 'net:[1]',
  interfaces: [
    lo,
    { name: 'eth0', index: 2, kind: 'device', up: true, mtu: 1500, addresses: ['203.0.113.7'] },
    { name: 'docker0', index: 3, kind: 'bridge', up: true, mtu: 1500, addresses: ['172.17.0.1'] },
    {
      name: 'veth1',
      index: 9,
      linkIndex: 8,
      kind: 'veth',
      master: 'docker0',
      up: true,
      mtu: 1500,
      addresses: [],
    },
    { name: 'bench-k3f9', index: 11, kind: 'veth', up: true, mtu: 1500, addresses: ['198.18.0.1'] },
  ],
  routes: [{ destination: 'default', gateway: '203.0.113.1', device: 'eth0' }],
  listeners: [
    { protocol: 'tcp', address: '0.0.0.0', port: 22, pid: 1, command: 'sshd' },
    { protocol: 'tcp', address: '198.18.0.1', port: 20001, pid: 7, command: 'nginx' },
  ],
  resolver: { kind: 'host', nameservers: ['203.0.113.53'] },
};
const apart: NetworkStack = {
  namespace: 'net:[2]',
  interfaces: [
    lo,
    { name: 'eth0', index: 8, linkIndex: 9, kind: 'veth', up: true, mtu: 1500, addresses: ['172.17.0.2'] },
  ],
  routes: [{ destination: 'default', gateway: '172.17.0.1', device: 'eth0' }],
  listeners: [{ protocol: 'tcp', address: '0.0.0.0', port: 8080, pid: 7, command: 'nginx' }],
  resolver: { kind: 'docker', nameservers: ['127.0.0.11'] },
};

function raw(server: NetworkStack) {
  return rawStanding({ host, server, hostPort: 20001, serverPid: 7 }, [20001, 8080], '198.18.0.1');
}

test("a server in the host's stack: its own listener and bench's link, and nothing of the user's", () => {
  const { serverStack, hostEnds: ends } = raw(host);
  const stack = networkStackSchema.parse(serverStack);
  expect(stack.interfaces.map(({ name }) => name)).toEqual(host.interfaces.map(({ name }) => name));
  expect(stack.interfaces.flatMap(({ addresses }) => addresses)).toEqual(['127.0.0.1', '198.18.0.1']);
  expect(stack.listeners.map(({ port }) => port)).toEqual([20001]);
  expect(JSON.stringify(raw(host))).not.toMatch(/203\.0\.113|sshd/);
  expect(ends).toBeUndefined();
});

test('a server with a stack of its own: all of it, and the ends of its links on the host', () => {
  const { serverStack, hostEnds: ends } = raw(apart);
  expect(networkStackSchema.parse(serverStack)).toEqual(apart);
  expect(ends).toEqual([host.interfaces[3]]);
});

test('lo has no other end, whatever the numbers say', () => {
  const { interfaces, ...rest } = apart;
  const odd = { ...rest, interfaces: interfaces.map((it) => ({ ...it, name: 'lo', linkIndex: 2 })) };
  expect(hostEnds(host, odd)).toEqual([]);
});
