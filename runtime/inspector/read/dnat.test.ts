import { expect, test } from 'vitest';
import { dnatByPort, dnatReader, parseIptablesDnat, parseNftDnat } from './dnat.ts';
import {
  dockerBridgesRuleset,
  dockerBridgesTable,
  emptyRuleset,
  iptablesNftNat,
  iptablesNftRuleset,
  legacyFilter,
  legacyNat,
} from './recorded-firewalls.fixture.ts';
import { recordedCommander, recordedFiles } from './recorded-machine.fixture.ts';

const noLegacy = recordedFiles({});

test("a port's reading sums its rules and leaves UDP and other rules for the same number out", () => {
  expect(dnatByPort(parseIptablesDnat(iptablesNftNat), [8087, 80, 9999])).toEqual({
    8087: {
      packets: 42,
      target: '172.17.0.2:80',
      rule: [
        '-A DOCKER -d 198.18.0.1/32 ! -i docker0 -p tcp -m tcp --dport 8087 -j DNAT --to-destination 172.17.0.2:80',
        '-A DOCKER -d 127.0.0.1/32 ! -i docker0 -p tcp -m tcp --dport 8087 -j DNAT --to-destination 172.17.0.2:80',
      ].join('\n'),
    },
    80: {
      packets: 5,
      target: '172.17.0.4:8080',
      rule: '-A DOCKER ! -i docker0 -p tcp -m tcp --dport 80 -j DNAT --to-destination 172.17.0.4:8080',
    },
  });
});

test("Docker's nftables rules read the same, without the counter's values in the rule", () => {
  const reading = dnatByPort(parseNftDnat(dockerBridgesTable), [8080]);
  expect(reading[8080]?.packets).toBe(2);
  expect(reading[8080]?.target).toBe('172.17.0.2:80');
  expect(reading[8080]?.rule.split('\n')[0]).toBe(
    'iifname != "docker0" ip daddr 198.18.0.1 tcp dport 8080 counter dnat to 172.17.0.2:80 comment "DNAT"',
  );
});

test('reads iptables-nft with its own tool, because nft does not show where its DNAT goes', async () => {
  const run = recordedCommander({
    'nft -j list ruleset': iptablesNftRuleset,
    'iptables-nft-save -c -t nat': iptablesNftNat,
  });
  expect((await dnatReader(noLegacy, run)([8087]))['8087']?.packets).toBe(42);
});

test('reads iptables-legacy', async () => {
  const run = recordedCommander({
    'nft -j list ruleset': emptyRuleset,
    'iptables-legacy-save -t nat': legacyNat,
    'iptables-legacy-save -t filter': legacyFilter,
    'iptables-legacy-save -c -t nat': legacyNat,
  });
  const files = recordedFiles({ '/proc/net/ip_tables_names': 'filter\nnat\n' });
  expect((await dnatReader(files, run)([8080]))['8080']?.packets).toBe(7);
});

test("reads Docker's table of nftables", async () => {
  const run = recordedCommander({
    'nft -j list ruleset': dockerBridgesRuleset,
    'nft list table ip docker-bridges': dockerBridgesTable,
  });
  expect((await dnatReader(noLegacy, run)([8080]))['8080']?.packets).toBe(2);
});

test('looks through the rule set once, and only when there is a port to look for', async () => {
  const journal: string[] = [];
  const run = recordedCommander(
    { 'nft -j list ruleset': iptablesNftRuleset, 'iptables-nft-save -c -t nat': iptablesNftNat },
    journal,
  );
  const read = dnatReader(noLegacy, run);
  expect(await read([])).toEqual({});
  expect(journal).toEqual([]);
  await read([8087]);
  await read([8087]);
  expect(journal).toEqual([
    'nft -j list ruleset',
    'iptables-nft-save -c -t nat',
    'iptables-nft-save -c -t nat',
  ]);
});

test('as long as there are no NAT rules at all it looks again', async () => {
  let ruleset = emptyRuleset;
  const read = dnatReader(noLegacy, async (command) => ({
    stdout: command === 'nft' ? ruleset : iptablesNftNat,
    stderr: '',
  }));
  expect(await read([8087])).toEqual({});
  ruleset = iptablesNftRuleset;
  expect(Object.keys(await read([8087]))).toEqual(['8087']);
});
