import type { DnatRule as NumberedRule } from '../../../bench/model/connection.ts';
import { Failure } from '../../../bench/model/failure.ts';
import { attempt, type RunCommand } from '../commander.ts';
import type { DnatReading, DnatRulesOrder } from '../contract.ts';
import type { Files } from '../files.ts';
import { type NatTable, readFirewall } from './firewall.ts';

/** One rule that redirects a TCP port, with the connections that it has redirected. */
interface DnatRule extends DnatReading {
  readonly port: number;
  readonly chain: string;
  /** Position of the rule in its chain, from 1, as `iptables -L --line-numbers` prints it. */
  readonly number: number;
}

/** Reads `iptables-save -c -t nat`, which looks the same from both of iptables' backends. */
export function parseIptablesDnat(text: string): readonly DnatRule[] {
  const places = new Map<string, number>();
  return text.split('\n').flatMap((line) => {
    const [, packets, rule = '', chain = ''] = /^\[(\d+):\d+\] (-A (\S+) .*)$/.exec(line) ?? [];
    const number = (places.get(chain) ?? 0) + 1;
    places.set(chain, number);
    const port = / -p tcp .*--dport (\d+) /.exec(rule)?.[1];
    const target = / -j DNAT --to-destination (\S+)/.exec(rule)?.[1];
    if (port === undefined || target === undefined) return [];
    return [{ port: Number(port), packets: Number(packets), rule, target, chain, number }];
  });
}

/**
 * Reads `nft list table …`. Docker's own nftables backend (experimental in Engine 29) keeps its rules in a
 * table `docker-bridges`. The counter's values are cut out of the rule: they are no part of it.
 */
export function parseNftDnat(text: string): readonly DnatRule[] {
  let chain = '';
  let number = 0;
  return text.split('\n').flatMap((line) => {
    const head = /^\s*chain (\S+) \{/.exec(line)?.[1];
    if (head !== undefined) {
      chain = head;
      number = 0;
    } else if (!/^\s*(type .*hook .*|\})?$/.test(line)) {
      number += 1;
    }
    const port = /\btcp dport (\d+)\b/.exec(line)?.[1];
    const packets = /\bcounter packets (\d+)\b/.exec(line)?.[1];
    const target = /\bdnat (?:ip6? )?to (\S+)/.exec(line)?.[1];
    if (port === undefined || packets === undefined || target === undefined) return [];
    const rule = line.trim().replace(/counter packets \d+ bytes \d+/, 'counter');
    return [{ port: Number(port), packets: Number(packets), rule, target, chain, number }];
  });
}

/** The reading of each of the ports. A port without a rule is absent. */
export function dnatByPort(
  rules: readonly DnatRule[],
  ports: readonly number[],
): Record<string, DnatReading> {
  const found = ports.flatMap((port): [string, DnatReading][] => {
    const own = rules.filter((rule) => rule.port === port);
    if (own[0] === undefined) return [];
    const packets = own.reduce((sum, rule) => sum + rule.packets, 0);
    return [[String(port), { packets, rule: own.map(({ rule }) => rule).join('\n'), target: own[0].target }]];
  });
  return Object.fromEntries(found);
}

/**
 * Reader of the DNAT rules of published ports. The first call finds the tables that hold them. An engine sets
 * up its tables when it starts, and a search of the whole rule set for each snapshot would cost more than the
 * snapshot. As long as there are none, the next call searches again.
 */
export function dnatReader(
  files: Files,
  run: RunCommand,
): (ports: readonly number[]) => Promise<Record<string, DnatReading>> {
  let tables: readonly NatTable[] = [];
  return async (ports) => {
    if (ports.length === 0) return {};
    if (tables.length === 0) tables = (await readFirewall(files, run)).natTables;
    const rules = await Promise.all(tables.map((table) => readRules(run, table)));
    return dnatByPort(rules.flat(), ports);
  };
}

/**
 * Every rule that redirects a TCP port, with its position. Each call searches anew, so it suits single looks
 * and not slices.
 * @param family of the packets that the rules see. Absent: both versions of the protocol.
 */
export async function readDnatRules(
  files: Files,
  run: RunCommand,
  { port, family }: DnatRulesOrder,
): Promise<NumberedRule[]> {
  const { natTables } = await readFirewall(files, run);
  const seeing = natTables.filter(
    (it) => family === undefined || it.family === 'both' || it.family === family,
  );
  const found = await Promise.all(
    seeing.map(async (table) => (await readRules(run, table)).map((rule) => ({ table, rule }))),
  );
  return found
    .flat()
    .filter(({ rule }) => rule.port === port)
    .map(({ table, rule: { port: _, ...rule } }) => ({
      table: table.backend === 'nftables' ? `nftables ${table.name}` : table.backend,
      ...rule,
    }));
}

async function readRules(run: RunCommand, table: NatTable): Promise<readonly DnatRule[]> {
  switch (table.backend) {
    case 'iptables-nft':
    case 'iptables-legacy':
    case 'ip6tables-nft':
    case 'ip6tables-legacy':
      return parseIptablesDnat((await run(`${table.backend}-save`, ['-c', '-t', 'nat'])).stdout);
    case 'nftables': {
      // Another program may remove its table at any time, and its ports with it.
      const list = await attempt(run, 'nft', ['list', 'table', ...table.name.split(' ')]);
      return list instanceof Failure ? [] : parseNftDnat(list.stdout);
    }
  }
}
