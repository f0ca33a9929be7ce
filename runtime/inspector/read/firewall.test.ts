import { expect, test } from 'vitest';
import { describeInput, describeNat, readFirewall } from './firewall.ts';
import {
  dockerBridgesRuleset,
  emptyRuleset,
  ip6tablesNftNat,
  ip6tablesNftRuleset,
  iptablesNftRuleset,
  joinedRulesets,
  legacyFilter,
  legacyNat,
} from './recorded-firewalls.fixture.ts';
import { recordedCommander, recordedFiles } from './recorded-machine.fixture.ts';

const listRuleset = 'nft -j list ruleset';
const noLegacy = recordedFiles({ '/proc/net/ip_tables_names': '' });

test('iptables on nft', async () => {
  const firewall = await readFirewall(noLegacy, recordedCommander({ [listRuleset]: iptablesNftRuleset }));
  expect(describeNat(firewall)).toBe('iptables-nft');
  expect(describeInput(firewall)).toBe('ip filter INPUT: ACCEPT, no rules');
});

test("Docker's own nftables backend, beside a filter of the user's that drops", async () => {
  const firewall = await readFirewall(noLegacy, recordedCommander({ [listRuleset]: dockerBridgesRuleset }));
  expect(describeNat(firewall)).toBe('nftables (ip docker-bridges)');
  expect(describeInput(firewall)).toBe('inet filter input: DROP, 2 rules');
});

test("IPv6's NAT rules, beside IPv4's", async () => {
  const ruleset = joinedRulesets(iptablesNftRuleset, ip6tablesNftRuleset);
  const firewall = await readFirewall(noLegacy, recordedCommander({ [listRuleset]: ruleset }));
  expect(describeNat(firewall)).toBe('iptables-nft, ip6tables-nft');
  expect(firewall.natTables.map(({ name, family }) => [name, family])).toEqual([
    ['ip nat', 'ipv4'],
    ['ip6 nat', 'ipv6'],
  ]);
  expect(describeInput(firewall)).toBe('ip filter INPUT: ACCEPT, no rules');
});

test.each([
  ['iptables on nft, without IPv6', iptablesNftRuleset, false],
  ['ip6tables on nft', ip6tablesNftRuleset, true],
  ["Docker's own nftables backend for IPv4", dockerBridgesRuleset, false],
  ['the same for IPv6', dockerBridgesRuleset.replaceAll('"family": "ip"', '"family": "ip6"'), true],
])('whether an engine has a place for IPv6 rules: %s', async (_, ruleset, dockerIpv6) => {
  const firewall = await readFirewall(noLegacy, recordedCommander({ [listRuleset]: ruleset }));
  expect(firewall.dockerIpv6).toBe(dockerIpv6);
});

test('the same of ip6tables-legacy, on a kernel without nf_tables', async () => {
  const files = recordedFiles({ '/proc/net/ip6_tables_names': 'nat\n' });
  const run = recordedCommander({ 'ip6tables-legacy-save -t nat': ip6tablesNftNat });
  expect((await readFirewall(files, run)).dockerIpv6).toBe(true);
});

test('iptables-legacy, on a kernel without nf_tables', async () => {
  const files = recordedFiles({ '/proc/net/ip_tables_names': 'filter\nnat\n' });
  const run = recordedCommander({
    'iptables-legacy-save -t nat': legacyNat,
    'iptables-legacy-save -t filter': legacyFilter,
  });
  const firewall = await readFirewall(files, run);
  expect(describeNat(firewall)).toBe('iptables-legacy');
  expect(describeInput(firewall)).toBe('iptables-legacy filter INPUT: DROP, 1 rule');
});

test("IPv6's chains are told apart from IPv4's, of iptables-legacy as well", async () => {
  const files = recordedFiles({
    '/proc/net/ip_tables_names': 'filter\n',
    '/proc/net/ip6_tables_names': 'filter\n',
  });
  const run = recordedCommander({
    'iptables-legacy-save -t filter': legacyFilter,
    'ip6tables-legacy-save -t filter': '*filter\n:INPUT DROP [0:0]\nCOMMIT\n',
  });
  const firewall = await readFirewall(files, run);
  expect(describeInput(firewall)).toBe('iptables-legacy filter INPUT: DROP, 1 rule');
  expect(describeInput(firewall, 'ipv6')).toBe('ip6tables-legacy filter INPUT: DROP, no rules');
});

test('both backends of iptables in use at once', async () => {
  const files = recordedFiles({ '/proc/net/ip_tables_names': 'nat\n' });
  const run = recordedCommander({
    [listRuleset]: iptablesNftRuleset,
    'iptables-legacy-save -t nat': legacyNat,
  });
  expect(describeNat(await readFirewall(files, run))).toBe('iptables-nft, iptables-legacy');
});

test.each([
  ['absent', {}],
  ['empty', { '/proc/net/ip_tables_names': '' }],
  ['listing other tables', { '/proc/net/ip_tables_names': 'mangle\nraw\n' }],
])('never asks iptables-legacy, which would load modules, with ip_tables_names %s', async (_, tree) => {
  const journal: string[] = [];
  const firewall = await readFirewall(
    recordedFiles(tree),
    recordedCommander({ [listRuleset]: emptyRuleset }, journal),
  );
  expect(journal).toEqual([listRuleset]);
  expect(describeNat(firewall)).toBe('none');
  expect(describeInput(firewall)).toBe('ACCEPT, no rules');
});

test('a firewall that cannot be read is not called empty', async () => {
  const firewall = await readFirewall(noLegacy, recordedCommander({}));
  expect(describeNat(firewall)).toBe('unread: `nft -j list ruleset` failed: it is not installed');
  expect(describeInput(firewall)).toMatch(/^unread: /);
});
