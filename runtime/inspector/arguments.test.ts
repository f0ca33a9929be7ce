import { expect, test } from 'vitest';
import { checked } from './arguments.ts';
import type { InspectorContract } from './contract.ts';

type Call = keyof InspectorContract;

const remark =
  'bench run 20261120T093220Z-k3f9 6a1f3c52-0d3e-4b8e-9a55-2f1f0c7b9d10.4026531836.4242.123456.0';
const link = { name: 'bench-k3f9', remark, pid: 7, hostAddress: '198.18.0.1', peerAddress: '198.18.0.2' };
const guard = {
  name: 'bench-k3f9',
  remark,
  near: ['lo', 'docker0'],
  networks: ['198.18.0.0/24', 'fdbe:6e63:c612:1::/64'],
};
const places = { name: 'bench-k3f9', addresses: ['172.17.0.2'], sockets: [], ports: [] };
const native = { server: 'nginx', bodyBytes: 1, listen: ['198.18.0.1:80', '[fdbe::1]:80'], paddingBytes: 0 };
const snapshot = {
  edge: 'before',
  cgroups: { server: 7 },
  containers: [7],
  idle: [8],
  stacks: {},
  hostInterfaces: ['lo'],
  ports: [80],
};
const endpoint = { address: '198.18.0.2', port: 40000 };

/** Handlers that note what reaches them. */
function asked() {
  const seen: unknown[] = [];
  const note = async (input: unknown) => void seen.push(input);
  const handlers = Object.fromEntries(Object.keys(samples).map((name) => [name, note]));
  const watched = checked(handlers as unknown as Parameters<typeof checked>[0]);
  const call = async (name: string, input: unknown) => {
    const handler: unknown = Reflect.get(watched, name);
    if (typeof handler !== 'function') throw new Error(`there is no handler for the call ${name}`);
    await handler(input);
  };
  return { call, seen };
}

/** One input of each call that is taken. */
const samples: Record<Call, unknown> = {
  machine: { dataRoot: '/var/lib/docker' },
  stack: { pid: 'host' },
  'held-connection': { serverPid: 7, serverPort: 80, agent: endpoint, dialled: endpoint },
  place: { pid: 7 },
  'start-native': native,
  'native-state': { pid: 7 },
  'stop-native': { pid: 7 },
  'free-subnet': {},
  detour: { device: 'bench-k3f9', from: '198.18.0.1', to: '198.18.0.2' },
  'create-link': link,
  'certain-address': { device: 'bench-k3f9u', address: 'fdbe::1/64' },
  'delete-link': { name: 'bench-k3f9' },
  'open-firewall': {
    doors: [{ device: 'bench-k3f9' }, { device: 'docker0', source: '172.17.0.2' }],
    remark: guard.remark,
  },
  'firewall-openings': {},
  'close-firewall': { runId: '20261120T093220Z-k3f9' },
  'raise-guard': guard,
  'guard-places': places,
  guards: {},
  'remove-guard': { name: 'bench-k3f9' },
  'open-gate': { pid: 7 },
  links: { prefix: 'bench-' },
  health: {},
  'connection-room': {},
  connection: { local: endpoint, remote: { address: 'fe80::1', port: 80 } },
  'dnat-rules': { port: 80, family: 'ipv4' },
  'pin-proxies': { ports: [8080], cpus: '0' },
  'other-processes': { daemon: 5, containers: [7], ports: [], bench: { pid: 9, startTicks: '155727' } },
  'kernel-counters': { server: 7, agent: 8 },
  snapshot,
};

test.each(Object.entries(samples))('%s takes what bench asks', async (name, input) => {
  const { call, seen } = asked();
  await call(name, input);
  expect(seen).toEqual([input]);
});

test.each<[string, Call, unknown]>([
  ['CPUs that are an option', 'pin-proxies', { ports: [8080], cpus: '-1' }],
  ['a process to be moved', 'pin-proxies', { ports: [8080], cpus: '0', pids: [1] }],
  ['a command', 'start-native', { ...native, command: ['sh'] }],
  ['a server that is none of ours', 'start-native', { ...native, server: 'sh' }],
  ['an address that is a configuration', 'start-native', { ...native, listen: ['127.0.0.1:80;include'] }],
  ['a set of CPUs that is an option', 'start-native', { ...native, cpus: '-p 1' }],
  ['no pid', 'stop-native', { pid: -1 }],
  ['a pid that is a path', 'open-gate', { pid: '1/../2' }],
  ['a link that is not a run of bench', 'delete-link', { name: 'eth0' }],
  ['an option for a name', 'create-link', { ...link, name: '-all' }],
  ['a word for an address', 'create-link', { ...link, hostAddress: 'default' }],
  ['a network for an address', 'create-link', { ...link, peerAddress: '198.18.0.2/24' }],
  ['a device with a blank', 'certain-address', { device: 'lo dev eth0', address: 'fdbe::1/64' }],
  ['an IPv4 address for an IPv6 one', 'certain-address', { device: 'bench-k3f9u', address: '10.0.0.1/24' }],
  ["an interface of the machine's", 'certain-address', { device: 'eth0', address: 'fdbe::1/64' }],
  ['rules in a comment', 'raise-guard', { ...guard, remark: '"; flush ruleset' }],
  ['rules in a device', 'raise-guard', { ...guard, near: ['lo" } drop; #'] }],
  ['rules in a network', 'raise-guard', { ...guard, networks: ['0.0.0.0/0 } accept'] }],
  ['rules in an address', 'guard-places', { ...places, addresses: ['1.2.3.4 } accept'] }],
  ['a port that is none', 'guard-places', { ...places, ports: [0] }],
  ['a table of somebody else', 'remove-guard', { name: 'filter' }],
  ['a path that leads elsewhere', 'machine', { dataRoot: '/var/lib/../../etc' }],
  ['a path that is relative', 'machine', { dataRoot: 'etc' }],
  ['an interface that is a path', 'snapshot', { ...snapshot, hostInterfaces: ['../../etc/shadow'] }],
  ['nothing', 'stack', undefined],
])('%s is refused before anything is done', async (_, name, input) => {
  const { call, seen } = asked();
  await expect(call(name, input)).rejects.toThrow(`invalid input of the call ${name}`);
  expect(seen).toEqual([]);
});
