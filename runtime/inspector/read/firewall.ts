import { Failure, messageOf } from '../../../bench/model/failure.ts';
import { attempt, type RunCommand } from '../commander.ts';
import { type Files, readIfPresent } from '../files.ts';

type Backend = 'iptables-nft' | 'iptables-legacy' | 'nftables';

/** A table that holds NAT rules; `name` as nft writes it, e.g. "ip docker-bridges". */
export interface NatTable {
  readonly backend: Backend | 'ip6tables-nft' | 'ip6tables-legacy';
  readonly name: string;
  /** The IP version whose packets its rules see. A table of the family inet sees both. */
  readonly family: 'ipv4' | 'ipv6' | 'both';
}

/** A chain that decides about packets to the host itself. */
export interface InputChain {
  /** The tool that makes its rules. */
  readonly backend: Backend | 'ip6tables-nft' | 'ip6tables-legacy';
  /** The IP version whose packets it sees. */
  readonly family: NatTable['family'];
  /** Its table as that tool names it, e.g. "ip filter". iptables' own table is "filter". */
  readonly table: string;
  readonly chain: string;
  readonly policy: string;
  readonly rules: number;
}

export interface Firewall {
  readonly natTables: readonly NatTable[];
  readonly inputChains: readonly InputChain[];
  /**
   * Whether an engine has a separate place for the rules of ports that it publishes by IPv6. It may be empty.
   */
  readonly dockerIpv6: boolean;
  /** Number of rules in all tables that were read, whichever program made them. */
  readonly rules: number;
  /** Messages of the tools when nothing could be read. */
  readonly unread?: string;
}

interface NftChain {
  readonly family: string;
  readonly table: string;
  readonly name: string;
  readonly type?: string;
  readonly hook?: string;
  readonly policy?: string;
}

interface NftRule {
  readonly family: string;
  readonly table: string;
  readonly chain: string;
  readonly expr?: readonly Readonly<Record<string, unknown>>[];
}

/** The part of `nft -j list ruleset` that is used (libnftables-json(5)). */
export function parseNft(json: string): {
  readonly chains: readonly NftChain[];
  readonly rules: readonly NftRule[];
} {
  const listed: { readonly nftables: readonly { readonly chain?: NftChain; readonly rule?: NftRule }[] } =
    JSON.parse(json);
  return {
    chains: listed.nftables.flatMap(({ chain }) => chain ?? []),
    rules: listed.nftables.flatMap(({ rule }) => rule ?? []),
  };
}

const familyOf: Readonly<Record<string, NatTable['family']>> = { ip: 'ipv4', ip6: 'ipv6', inet: 'both' };
const iptables: Readonly<Record<string, NatTable['backend']>> = {
  'ip nat': 'iptables-nft',
  'ip6 nat': 'ip6tables-nft',
};

/** What iptables' tools make, only those keep readable for themselves. */
const inputTools: Readonly<Record<string, InputChain['backend']>> = {
  'ip filter INPUT': 'iptables-nft',
  'ip6 filter INPUT': 'ip6tables-nft',
};

/**
 * Reads `nft -j list ruleset`. iptables-nft and ip6tables-nft make the tables `ip nat` and `ip6 nat`. NAT
 * rules in any other table are another program's, e.g. Docker's `ip docker-bridges`.
 */
export function parseRuleset(json: string): Firewall {
  const { chains: all, rules } = parseNft(json);
  const chains = all.filter(({ family }) => family in familyOf);
  const holdsRules = ({ family, table }: NftChain) =>
    rules.some((rule) => rule.family === family && rule.table === table);
  const nat = chains.filter((chain) => chain.type === 'nat' && holdsRules(chain));
  const natTables = new Map(
    nat.map(({ family, table }) => {
      const name = `${family} ${table}`;
      return [name, { backend: iptables[name] ?? 'nftables', name, family: familyOf[family] ?? 'both' }];
    }),
  );
  return {
    natTables: [...natTables.values()],
    inputChains: chains
      .filter(({ type, hook }) => type === 'filter' && hook === 'input')
      .map(({ family, table, name, policy }) => ({
        backend: inputTools[`${family} ${table} ${name}`] ?? 'nftables',
        family: familyOf[family] ?? 'both',
        table: `${family} ${table}`,
        chain: name,
        policy: (policy ?? 'accept').toUpperCase(),
        rules: rules.filter((r) => r.family === family && r.table === table && r.chain === name).length,
      })),
    // The chain that iptables' rules are in, and the table that the engine's own nftables backend makes.
    dockerIpv6: chains.some(
      ({ family, table, name }) =>
        family === 'ip6' && ((table === 'nat' && name === 'DOCKER') || table === 'docker-bridges'),
    ),
    rules: rules.length,
  };
}

/** Reads `iptables-legacy-save` of the tables nat and filter. */
function parseLegacy(text: string): Firewall {
  const tables = text.split(/^(?=\*)/m);
  const nat = tables.find((table) => table.startsWith('*nat')) ?? '';
  const filter = tables.find((table) => table.startsWith('*filter')) ?? '';
  const policy = /^:INPUT (\S+)/m.exec(filter)?.[1];
  const rules = [...filter.matchAll(/^(?:\[\d+:\d+\] )?-A INPUT /gm)].length;
  return {
    natTables: / ?-A /.test(nat) ? [{ backend: 'iptables-legacy', name: 'nat', family: 'ipv4' }] : [],
    inputChains:
      policy === undefined
        ? []
        : [{ backend: 'iptables-legacy', family: 'ipv4', table: 'filter', chain: 'INPUT', policy, rules }],
    dockerIpv6: false,
    rules: [...text.matchAll(/^(?:\[\d+:\d+\] )?-A /gm)].length,
  };
}

/**
 * The tables and chains of the host's firewall. iptables-legacy is asked only about tables that the kernel
 * already has. Asking about any other would create it, and load modules into the user's kernel.
 */
export async function readFirewall(files: Files, run: RunCommand): Promise<Firewall> {
  const legacyTables = (readIfPresent(files, '/proc/net/ip_tables_names') ?? '').split('\n');
  const asked = ['nat', 'filter'].filter((table) => legacyTables.includes(table));
  const saves = await Promise.all(asked.map((table) => run('iptables-legacy-save', ['-t', table])));
  const saved = parseLegacy(saves.map(({ stdout }) => stdout).join(''));
  const saved6 = await readLegacy6(files, run);
  const legacy = {
    ...saved,
    natTables: [...saved.natTables, ...saved6.natTables],
    inputChains: [...saved.inputChains, ...saved6.inputChains],
    dockerIpv6: saved6.dockerIpv6,
    rules: saved.rules + saved6.rules,
  };
  const ruleset = await attempt(run, 'nft', ['-j', 'list', 'ruleset']);
  if (ruleset instanceof Failure) {
    // A kernel without nf_tables has nothing to list. That is no problem where the rules are legacy ones.
    return asked.length > 0 ? legacy : { ...legacy, unread: messageOf(ruleset) };
  }
  const nft = parseRuleset(ruleset.stdout);
  return {
    natTables: [...nft.natTables, ...legacy.natTables],
    inputChains: [...nft.inputChains, ...legacy.inputChains],
    dockerIpv6: nft.dockerIpv6 || legacy.dockerIpv6,
    rules: nft.rules + legacy.rules,
  };
}

/** IPv6's rules of iptables-legacy. They are read only where the kernel has the table, as above. */
async function readLegacy6(files: Files, run: RunCommand): Promise<Firewall> {
  const tables = (readIfPresent(files, '/proc/net/ip6_tables_names') ?? '').split('\n');
  const asked = ['nat', 'filter'].filter((table) => tables.includes(table));
  const saves = await Promise.all(asked.map((table) => run('ip6tables-legacy-save', ['-t', table])));
  const text = saves.map(({ stdout }) => stdout).join('');
  const { natTables, inputChains, rules } = parseLegacy(text);
  const own = { backend: 'ip6tables-legacy', family: 'ipv6' } as const;
  return {
    natTables: natTables.map((table) => ({ ...table, ...own })),
    inputChains: inputChains.map((chain) => ({ ...chain, ...own })),
    dockerIpv6: /^\*nat$[^*]*^:DOCKER /m.test(text),
    rules,
  };
}

/** e.g. "iptables-nft", "nftables (ip docker-bridges)", "none". */
export function describeNat(firewall: Firewall): string {
  if (firewall.unread !== undefined) return `unread: ${firewall.unread}`;
  const names = firewall.natTables.map(({ backend, name }) =>
    backend === 'nftables' ? `${backend} (${name})` : backend,
  );
  return names.length === 0 ? 'none' : names.join(', ');
}

/**
 * The chains that packets of one IP version meet, e.g. "ip filter INPUT: DROP, 3 rules; inet filter input:
 * ACCEPT, no rules".
 */
export function describeInput(firewall: Firewall, family: 'ipv4' | 'ipv6' = 'ipv4'): string {
  if (firewall.unread !== undefined) return `unread: ${firewall.unread}`;
  const chains = firewall.inputChains
    .filter((chain) => chain.family === 'both' || chain.family === family)
    .map((chain) => `${nameOf(chain)}: ${chain.policy}, ${countRules(chain.rules)}`);
  return chains.length === 0 ? 'ACCEPT, no rules' : chains.join('; ');
}

function nameOf({ backend, table, chain }: InputChain): string {
  return `${backend.endsWith('-legacy') ? `${backend} ` : ''}${table} ${chain}`;
}

/** Whether a chain may keep packets from a server in the host's stack. */
export function mayDrop({ policy, rules }: InputChain): boolean {
  return policy !== 'ACCEPT' || rules > 0;
}

function countRules(rules: number): string {
  if (rules === 0) return 'no rules';
  return rules === 1 ? '1 rule' : `${rules} rules`;
}
