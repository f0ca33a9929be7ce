import { expect, test } from 'vitest';
import { parseLegacyChains, parseNftChains, readInputFilter, refusalsOf } from './input-filter.ts';
import {
  dockerBridgesRuleset,
  emptyRuleset,
  iptablesNftRuleset,
  legacyFilter,
} from './recorded-firewalls.fixture.ts';
import { recordedCommander, recordedFiles } from './recorded-machine.fixture.ts';

const chain = (name: string, more = {}) => ({ chain: { family: 'ip', table: 'filter', name, ...more } });
const input = chain('INPUT', { type: 'filter', hook: 'input', policy: 'accept' });
const rule = (name: string, expr: unknown) => ({
  rule: { family: 'ip', table: 'filter', chain: name, expr: [expr] },
});
const ruleset = (...entries: unknown[]) => JSON.stringify({ nftables: entries });

test('a policy of DROP refuses what no rule accepts', () => {
  expect(refusalsOf(parseNftChains(dockerBridgesRuleset))).toEqual([
    'inet filter input drops packets that no rule accepts',
  ]);
  expect(refusalsOf(parseLegacyChains(legacyFilter))).toEqual([
    'iptables-legacy filter INPUT drops packets that no rule accepts',
  ]);
});

test('a machine whose rules only translate and forward refuses nothing', () => {
  expect(refusalsOf(parseNftChains(iptablesNftRuleset))).toEqual([]);
  expect(refusalsOf(parseNftChains(emptyRuleset))).toEqual([]);
});

test('a chain that refuses counts if packets to the host can reach it, over however many jumps', () => {
  const chains = parseNftChains(
    ruleset(
      input,
      chain('ufw-input'),
      chain('ufw-reject'),
      chain('FORWARD', { type: 'filter', hook: 'forward', policy: 'drop' }),
      chain('alone'),
      rule('INPUT', { jump: { target: 'ufw-input' } }),
      rule('ufw-input', { goto: { target: 'ufw-reject' } }),
      rule('ufw-reject', { xt: { type: 'target', name: 'REJECT' } }),
      rule('ufw-reject', { jump: { target: 'ufw-input' } }),
      rule('FORWARD', { drop: null }),
      rule('alone', { drop: null }),
    ),
  );
  expect(refusalsOf(chains)).toEqual(['ip filter ufw-reject has rules that reject']);
});

test('rules of iptables-legacy, its jumps included', () => {
  const saved = `*filter
:INPUT ACCEPT [0:0]
:FORWARD DROP [0:0]
:mine - [0:0]
-A INPUT -i lo -j ACCEPT
-A INPUT -p tcp -m tcp --dport 80 -g mine
-A mine -j DROP
COMMIT
`;
  expect(refusalsOf(parseLegacyChains(saved))).toEqual(['iptables-legacy filter mine has rules that drop']);
});

test('iptables-legacy is not asked about a table that the kernel does not have', async () => {
  const journal: string[] = [];
  const run = recordedCommander({ 'nft -j list ruleset': emptyRuleset }, journal);
  expect(await readInputFilter(recordedFiles({}), run)).toEqual({ refusals: [] });
  expect(journal).toEqual(['nft -j list ruleset']);
});

test('what could not be read is said, unless the rules are all legacy ones', async () => {
  const nothing = await readInputFilter(recordedFiles({}), recordedCommander({}));
  expect(nothing.unread).toMatch(/nft -j list ruleset` failed/);
  const legacy = await readInputFilter(
    recordedFiles({ '/proc/net/ip_tables_names': 'filter\n' }),
    recordedCommander({ 'iptables-legacy-save -t filter': legacyFilter }),
  );
  expect(legacy).toEqual({ refusals: ['iptables-legacy filter INPUT drops packets that no rule accepts'] });
});
