import { expect, test } from 'vitest';
import { readConnection } from './connection.ts';
import { parseConntrack } from './conntrack.ts';
import { readDnatRules } from './dnat.ts';
import {
  dockerBridgesRuleset,
  dockerBridgesTable,
  emptyRuleset,
  ip6tablesNftNat,
  ip6tablesNftRuleset,
  iptablesNftNat,
  iptablesNftRuleset,
  joinedRulesets,
} from './recorded-firewalls.fixture.ts';
import { type RecordedTree, recordedCommander, recordedFiles } from './recorded-machine.fixture.ts';
import { recordedTree } from './recorded-processes.fixture.ts';

/*
 * The machine of recorded-processes.fixture.ts, with one client at 198.18.0.1:40000 that dialled the published port
 * 198.18.0.1:8087, as Linux 6.18 shows it. Addresses in hexadecimal: 010012C6 is 198.18.0.1, 020011AC 172.17.0.2.
 */
const client = { address: '198.18.0.1', port: 40000 };
const published = { address: '198.18.0.1', port: 8087 };
const server = { address: '172.17.0.2', port: 80 };
const row = (local: string, remote: string, inode: number) =>
  `   0: ${local} ${remote} 01 00000000:00000000 00:00000000 00000000     0        0 ${inode} 1 0000000000000000 20 4 30 10 -1\n`;
const ownRoute =
  '[{"type":"local","dst":"198.18.0.1","dev":"lo","table":"local","prefsrc":"198.18.0.1","flags":[],"uid":0,"cache":["local"]}]';
const addr = '[{"ifindex":1,"ifname":"lo","link_type":"loopback","mtu":65536,"addr_info":[]}]';
const run = recordedCommander({ 'ip -j route get 198.18.0.1': ownRoute, 'ip -j -d addr': addr });
const entryTo = (reply: string) =>
  `ipv4     2 tcp      6 431999 ESTABLISHED src=198.18.0.1 dst=198.18.0.1 sport=40000 dport=8087 ${reply} [ASSURED] mark=0 zone=0 use=2\n`;

function read(tree: RecordedTree) {
  return readConnection(recordedFiles({ ...recordedTree, ...tree }), run, {
    local: client,
    remote: published,
  });
}

test("DNAT: the entry names the container, and the server's socket is found in its stack", async () => {
  const seen = await read({
    '/proc/net/nf_conntrack': entryTo('src=172.17.0.2 dst=198.18.0.1 sport=80 dport=40000'),
    '/proc/31360/net/tcp': row('020011AC:0050', '010012C6:9C40', 58700),
    '/proc/4381/fd/9': { link: 'socket:[58700]' },
    '/proc/4381/cgroup': recordedTree['/proc/31360/cgroup'] ?? '',
  });
  expect(seen.conntrack).toMatchObject({ found: true, server, client });
  expect(seen.hostEnd).toBeUndefined();
  expect(seen.farEnd).toEqual({
    namespace: 'net:[4026532184]',
    local: server,
    peer: client,
    owner: { pid: 4381, command: 'nginx', container: expect.stringMatching(/^99c8d575[0-9a-f]{56}$/) },
  });
  expect(seen.route).toEqual({ device: 'lo', kind: 'loopback', local: true });
});

test('docker-proxy: it holds the other end, and its own connection leads to the container', async () => {
  const seen = await read({
    '/proc/net/nf_conntrack': entryTo('src=198.18.0.1 dst=198.18.0.1 sport=8087 dport=40000'),
    '/proc/net/tcp':
      row('010012C6:1F97', '010012C6:9C40', 57999) + row('010011AC:C350', '020011AC:0050', 58001),
    '/proc/31304/fd/5': { link: 'socket:[57999]' },
    '/proc/31360/net/tcp6': row(
      '0000000000000000FFFF0000020011AC:0050',
      '0000000000000000FFFF0000010011AC:C350',
      58701,
    ),
    '/proc/4381/fd/9': { link: 'socket:[58701]' },
  });
  expect(seen.hostEnd).toEqual({ accepted: true, owner: { pid: 31304, command: 'docker-proxy' } });
  expect(seen.proxy).toEqual({ pid: 31304, target: server });
  expect(seen.farEnd).toMatchObject({ local: server, peer: { address: '172.17.0.1', port: 50000 } });
  expect(seen.farEnd?.owner).toEqual({ pid: 4381, command: 'nginx' });
});

test('a connection that nobody has accepted belongs to the listener', async () => {
  const listening = (recordedTree['/proc/net/tcp'] ?? '') as string;
  const seen = await read({ '/proc/net/tcp': listening + row('010012C6:1F97', '010012C6:9C40', 0) });
  expect(seen.hostEnd).toEqual({ accepted: false, owner: { pid: 31304, command: 'docker-proxy' } });
});

test('without the file of /proc and without the tool, it says that connections cannot be listed', async () => {
  expect((await read({})).conntrack).toEqual({
    found: false,
    why: expect.stringMatching(/cannot be listed: `conntrack -L -p tcp` failed/),
  });
});

test('IPv6 addresses of entries read as sockets print them; other protocols are left out', () => {
  const text = `ipv6     10 tcp      6 119 ESTABLISHED src=0000:0000:0000:0000:0000:0000:0000:0001 dst=2001:0db8:0000:0000:0000:0000:0000:0002 sport=5 dport=80 src=2001:0db8:0000:0000:0000:0000:0000:0002 dst=0000:0000:0000:0000:0000:0000:0000:0001 sport=80 dport=5 [ASSURED] mark=0 zone=0 use=2
ipv4     2 udp      17 29 src=127.0.0.1 dst=127.0.0.1 sport=1 dport=53 src=127.0.0.1 dst=127.0.0.1 sport=53 dport=1 mark=0 zone=0 use=2
`;
  const [entry, ...others] = parseConntrack(text);
  expect(others).toEqual([]);
  expect(entry?.original).toEqual({
    source: { address: '::1', port: 5 },
    destination: { address: '2001:db8::2', port: 80 },
  });
});

test('rules have the numbers that `iptables -L --line-numbers` prints', async () => {
  const commander = recordedCommander({
    'nft -j list ruleset': iptablesNftRuleset,
    'iptables-nft-save -c -t nat': iptablesNftNat,
  });
  const rules = await readDnatRules(recordedFiles({}), commander, { port: 8087 });
  expect(rules.map(({ table, chain, number, packets }) => [table, chain, number, packets])).toEqual([
    ['iptables-nft', 'DOCKER', 2, 40],
    ['iptables-nft', 'DOCKER', 3, 2],
  ]);
});

test("rules that see a connection's own version of the protocol, and no others", async () => {
  const commander = recordedCommander({
    'nft -j list ruleset': joinedRulesets(iptablesNftRuleset, ip6tablesNftRuleset),
    'iptables-nft-save -c -t nat': iptablesNftNat,
    'ip6tables-nft-save -c -t nat': ip6tablesNftNat,
  });
  const read = async (family?: 'ipv4' | 'ipv6') => {
    const order = { port: 8087, ...(family === undefined ? {} : { family }) };
    const rules = await readDnatRules(recordedFiles({}), commander, order);
    return rules.map(({ table, chain, number, target }) => `${table} ${chain} ${number} ${target}`);
  };
  const ipv4 = ['iptables-nft DOCKER 2 172.17.0.2:80', 'iptables-nft DOCKER 3 172.17.0.2:80'];
  const ipv6 = ['ip6tables-nft DOCKER 1 [fdbe:6e63:1:2::2]:80'];
  expect(await read('ipv4')).toEqual(ipv4);
  expect(await read('ipv6')).toEqual(ipv6);
  expect(await read()).toEqual([...ipv4, ...ipv6]);
});

test("IPv6's legacy rules, which are asked for only where the kernel has their table", async () => {
  const legacy6 = ip6tablesNftNat.replaceAll('ip6tables-nft', 'ip6tables');
  const commander = recordedCommander({
    'nft -j list ruleset': emptyRuleset,
    'ip6tables-legacy-save -t nat': legacy6,
    'ip6tables-legacy-save -c -t nat': legacy6,
  });
  const order = { port: 8086, family: 'ipv6' } as const;
  const files = recordedFiles({ '/proc/net/ip6_tables_names': 'nat\n' });
  expect(await readDnatRules(files, commander, order)).toMatchObject([
    { table: 'ip6tables-legacy', chain: 'OUTPUT', number: 2, target: '[::1]:8080' },
  ]);
  expect(await readDnatRules(recordedFiles({}), commander, order)).toEqual([]);
});

test("Docker's own table: places in its chain, whose first lines are no rules", async () => {
  const commander = recordedCommander({
    'nft -j list ruleset': dockerBridgesRuleset,
    'nft list table ip docker-bridges': dockerBridgesTable,
  });
  const rules = await readDnatRules(recordedFiles({}), commander, { port: 8080 });
  expect(rules.map(({ table, chain, number }) => [table, chain, number])).toEqual([
    ['nftables ip docker-bridges', 'nat-prerouting-and-output', 1],
    ['nftables ip docker-bridges', 'nat-prerouting-and-output', 2],
  ]);
});
