import { expect, test } from 'vitest';
import type { Standing } from '../../bench/model/lab.ts';
import { type ClaimKind, claims } from '../../bench/model/network-modes.ts';
import type { NetworkStack } from '../inspector/contract.ts';
import { standingFindings } from './standing.ts';

const lo = { name: 'lo', index: 1, kind: 'loopback', up: true, mtu: 65536, addresses: ['127.0.0.1'] };
const eth0 = { name: 'eth0', index: 2, kind: 'device', up: true, mtu: 1500, addresses: ['192.0.2.10'] };
const listener = {
  protocol: 'tcp' as const,
  address: '198.18.0.1',
  port: 20001,
  pid: 1004,
  command: 'nginx',
};

const host: NetworkStack = {
  namespace: 'net:[1]',
  interfaces: [lo, eth0],
  routes: [],
  listeners: [listener],
};
const inHost: NetworkStack = { ...host, interfaces: [eth0, lo] };
const apart: NetworkStack = { namespace: 'net:[2]', interfaces: [lo], routes: [], listeners: [] };
const standing: Standing = { host, server: inHost, hostPort: 20001, serverPid: 1004 };

function find(kind: ClaimKind, changes: Partial<Standing> = {}) {
  const [finding, ...others] = standingFindings([kind], { ...standing, ...changes });
  if (finding === undefined || others.length > 0) throw new Error('one finding was expected');
  expect(finding.claim).toBe(claims[kind]);
  const { holds, expected, observed } = finding;
  return [holds, expected, observed];
}

test('host mode: one namespace', () => {
  expect(find('shares-host-namespace')).toEqual([true, 'net:[1]', 'net:[1]']);
  expect(find('shares-host-namespace', { server: apart })).toEqual([false, 'net:[1]', 'net:[2]']);
});

test('host mode: the same interfaces, in whatever order', () => {
  expect(find('no-own-interface')).toEqual([true, 'eth0 lo', 'eth0 lo']);
  expect(find('no-own-interface', { server: apart })).toEqual([false, 'eth0 lo', 'lo']);
});

test("host mode: the listener is the server's own, not just anybody's on that port", () => {
  const seen = '198.18.0.1:20001 owned by nginx (pid 1004)';
  expect(find('listener-in-host-table')).toEqual([true, 'port 20001, owned by the server (pid 1004)', seen]);
  expect(find('listener-in-host-table', { serverPid: 7 })).toEqual([
    false,
    'port 20001, owned by the server (pid 7)',
    seen,
  ]);
  expect(find('listener-in-host-table', { hostPort: 20002 })[2]).toBe('nothing listens on port 20002');
  const unowned = { ...host, listeners: [{ protocol: 'tcp' as const, address: '198.18.0.1', port: 20001 }] };
  expect(find('listener-in-host-table', { host: unowned })).toEqual([
    false,
    'port 20001, owned by the server (pid 1004)',
    '198.18.0.1:20001 owned by ? (pid ?)',
  ]);
});

test('bridge: a namespace of its own', () => {
  expect(find('own-namespace', { server: apart })).toEqual([true, 'not net:[1]', 'net:[2]']);
  expect(find('own-namespace')).toEqual([false, 'not net:[1]', 'net:[1]']);
});

test("mapped: the holder's namespace", () => {
  expect(find('namespace-of-holder', { server: apart, holder: apart })[0]).toBe(true);
  expect(find('namespace-of-holder', { server: inHost, holder: apart })).toEqual([
    false,
    'net:[2]',
    'net:[1]',
  ]);
  expect(find('namespace-of-holder', { server: apart })[0]).toBe(false);
});

test('claims about counters are left to the slices', () => {
  const counters: readonly ClaimKind[] = [
    'dnat-counter-grows',
    'proxy-flat',
    'bridge-counters-grow',
    'no-dnat',
    'link-counters-grow',
  ];
  expect(standingFindings(counters, standing)).toEqual([]);
});
