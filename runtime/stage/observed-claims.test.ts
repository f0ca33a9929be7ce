import { expect, test } from 'vitest';
import { type ClaimKind, claims, claimsOf, observedFindings } from '../../bench/model/claims.ts';
import type { ConnectionSeen, Observed } from '../../bench/model/observed.ts';
import type { NetworkStack } from '../inspector/contract.ts';
import { orderFor } from './parts.fake.ts';

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
const same = { own: 'ns:[1]', host: 'ns:[1]' };
const standing: Observed = { host, server: inHost, hostPort: 20001, serverPid: 1004 };

function find(kind: ClaimKind, changes: Partial<Observed> = {}) {
  const [finding, ...others] = observedFindings([kind], { ...standing, ...changes });
  if (finding === undefined || others.length > 0) throw new Error('one finding was expected');
  expect(finding.claim).toBe(claims[kind]);
  const { holds, expected, observed } = finding;
  return [holds, expected, observed];
}

test('host mode: one namespace', () => {
  expect(find('shares-host-namespace')).toEqual([true, 'net:[1]', 'net:[1]']);
  expect(find('shares-host-namespace', { server: apart })).toEqual([false, 'net:[1]', 'net:[2]']);
});

test.each(['host/external', 'host/host', 'host/inside', 'native/external', 'native/host'])(
  "%s stands while other people's interfaces come and go between two looks: the namespace alone proves it",
  (path) => {
    const process = { namespaces: { net: same, pid: same, cgroup: same }, cgroup: '0::/' };
    const server = { ...inHost, interfaces: [...inHost.interfaces, { ...eth0, name: 'veth1', index: 9 }] };
    const { route } = orderFor(path);
    const kinds = claimsOf(route, 'directly').filter((kind) => !/^(peer|conntrack)-/.test(kind));
    const seen = { ...standing, server, process, agentNamespace: host.namespace };
    const findings = observedFindings(kinds, seen);
    expect(findings.length).toBeGreaterThanOrEqual(2);
    expect(findings.filter(({ holds }) => !holds)).toEqual([]);
  },
);

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
  expect(observedFindings(counters, standing)).toEqual([]);
});

const agent = { address: '198.18.0.2', port: 40000 };
const dialled = { address: '198.18.0.1', port: 20001 };
const proxied = { address: '172.17.0.1', port: 50000, command: 'docker-proxy' };

const untracked = { found: false, why: 'the kernel tracks no such connection' } as const;

test('the connection comes from the agent itself, or from docker-proxy in its place', () => {
  const seen = (...peers: ConnectionSeen['peers']) => ({
    connection: { agent, dialled, peers, conntrack: untracked },
  });
  const [direct, byProxy] = [seen(agent), seen(proxied)];
  expect([find('peer-is-agent', direct)[0], find('peer-is-agent', byProxy)[0]]).toEqual([true, false]);
  expect([find('peer-is-proxy', direct)[0], find('peer-is-proxy', byProxy)[0]]).toEqual([false, true]);
  expect(find('peer-is-proxy', byProxy)[2]).toBe('a connection from 172.17.0.1:50000 (docker-proxy)');
  expect(find('peer-is-proxy', seen({ address: '172.17.0.1', port: 50000 }))[0]).toBe(false);
  expect(find('peer-is-agent', seen())[2]).toBe('the server has no open connection');
  expect(find('peer-is-agent')[2]).toBe('no connection was read');
});

test('connection tracking tells a translated destination from one that is dialled itself', () => {
  const server = { address: '172.17.0.2', port: 8080 };
  const seen = (conntrack: ConnectionSeen['conntrack']) => ({
    connection: { agent, dialled, peers: [agent], conntrack },
  });
  const dnat = seen({ found: true, server, client: agent, entry: 'tcp 6 …' });
  const plain = seen({ found: true, server: dialled, client: agent, entry: 'tcp 6 …' });
  const absent = seen(untracked);
  const holds = (kind: ClaimKind) => [dnat, plain, absent].map((connection) => find(kind, connection)[0]);
  expect(holds('conntrack-dnat')).toEqual([true, false, false]);
  expect(holds('conntrack-no-dnat')).toEqual([false, true, true]);
  expect(find('conntrack-dnat', dnat)[2]).toBe('198.18.0.1:20001 answered by 172.17.0.2:8080');
  expect(find('conntrack-dnat', absent)[2]).toBe(untracked.why);
});

test('none: nothing but lo; inside: the namespace of the agent', () => {
  expect(find('only-loopback', { server: apart })).toEqual([true, 'lo', 'lo']);
  expect(find('only-loopback')[0]).toBe(false);
  expect(find('namespace-of-agent', { server: apart, agentNamespace: 'net:[2]' })[0]).toBe(true);
  expect(find('namespace-of-agent', { server: apart, agentNamespace: 'net:[1]' })[0]).toBe(false);
  expect(find('namespace-of-agent', { server: apart })[0]).toBe(false);
});

test('macvlan: a child of the link, not of another interface', () => {
  const child = { ...eth0, kind: 'macvlan', linkIndex: 7 };
  const link = { ...eth0, name: 'bench-k3f9', index: 7, kind: 'veth' };
  const server = { ...apart, interfaces: [lo, child] };
  const withLink = { ...host, interfaces: [lo, link] };
  expect(find('macvlan-child', { host: withLink, server, link: 'bench-k3f9' })[0]).toBe(true);
  expect(find('macvlan-child', { host: { ...host, interfaces: [lo] }, server, link: 'bench-k3f9' })[0]).toBe(
    false,
  );
  expect(find('macvlan-child', { host: withLink, server: apart, link: 'bench-k3f9' })[2]).toBe(
    'no macvlan, but lo',
  );
});

test("native: the namespaces of the process are the host's", () => {
  const namespaces = { net: same, pid: same, cgroup: same };
  expect(find('no-container', { process: { namespaces, cgroup: '0::/' } })[0]).toBe(true);
  const inContainer = { ...namespaces, pid: { own: 'pid:[2]', host: 'pid:[1]' } };
  expect(find('no-container', { process: { namespaces: inContainer, cgroup: '0::/' } })[0]).toBe(false);
  expect(find('no-container')[0]).toBe(false);
});
