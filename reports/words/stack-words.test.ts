import { expect, test } from 'vitest';
import { toDataKeys } from '../../bench/model/data-keys.ts';
import { evidenceSchema } from '../../bench/model/evidence.ts';
import type { NetworkStack } from '../../bench/model/network-stack.ts';
import { stackWords } from './stack-words.ts';

const lo = { name: 'lo', index: 1, kind: 'loopback', up: true, mtu: 65536, addresses: ['127.0.0.1'] };
const eth0 = {
  name: 'eth0',
  index: 8,
  linkIndex: 9,
  kind: 'veth',
  up: true,
  mtu: 1500,
  addresses: ['172.17.0.2'],
};
const serverStack: NetworkStack = {
  namespace: 'net:[2]',
  interfaces: [lo, eth0],
  routes: [
    { destination: 'default', gateway: '172.17.0.1', device: 'eth0' },
    { destination: '172.17.0.0/16', device: 'eth0' },
  ],
  listeners: [{ protocol: 'tcp', address: '::', port: 8080, pid: 7, command: 'nginx' }],
  resolver: { kind: 'docker', nameservers: ['127.0.0.11'] },
};
const end = { name: 'veth1', index: 9, kind: 'veth', master: 'docker0', up: true, mtu: 1500, addresses: [] };
const standing = { hostNamespace: 'net:[1]', serverNamespace: 'net:[2]', serverStack, hostEnds: [end] };

/** Of evidence as a run folder has it. */
const wordsOf = (raw: unknown) =>
  stackWords(evidenceSchema.shape.raw.parse(toDataKeys(evidenceSchema.shape.raw)(raw)));

test('a stack of its own: interfaces with their ends on the host, routes, listeners, name servers', () => {
  expect(wordsOf(standing)).toEqual([
    "Network namespace net:[2], not the host's (net:[1]).",
    'Interfaces: lo 127.0.0.1; eth0 172.17.0.2 (veth, MTU 1500, on the host veth1, a port of docker0).',
    'Routes: default by 172.17.0.1, 172.17.0.0/16 on eth0.',
    'Listens: tcp [::]:8080 nginx (pid 7).',
    "Name servers: Docker's embedded server, 127.0.0.11.",
  ]);
});

test("the host's stack: no interface of its own, and only names of the host's", () => {
  const shared: NetworkStack = { ...serverStack, namespace: 'net:[1]', routes: [] };
  const [namespace, interfaces] = wordsOf({ ...standing, serverNamespace: 'net:[1]', serverStack: shared });
  expect(namespace).toBe("Network namespace net:[1], the host's: no interface was made for it.");
  expect(interfaces).toBe('Interfaces: those of the host (lo, eth0).');
});

test("of the host's many interfaces five are named", () => {
  const veths = Array.from({ length: 9 }, (_, index) => ({
    ...eth0,
    name: `veth${index}`,
    index: 10 + index,
  }));
  const shared: NetworkStack = { ...serverStack, namespace: 'net:[1]', interfaces: [lo, ...veths] };
  const words = wordsOf({ ...standing, serverNamespace: 'net:[1]', serverStack: shared });
  expect(words[1]).toBe('Interfaces: those of the host (lo, veth0, veth1, veth2, veth3, and 5 more).');
});

test('a mapped server says whose stack it shares', () => {
  expect(wordsOf({ ...standing, holderNamespace: 'net:[2]' })[0]).toContain('the container it is mapped to');
});

test('a run folder that recorded no stack has no words for it', () => {
  expect(wordsOf({ serverNamespace: 'net:[2]', hostNamespace: 'net:[1]' })).toEqual([]);
});
