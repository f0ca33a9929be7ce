import { Failure, messageOf } from '../../../bench/model/failure.ts';
import type { InputFilter } from '../../../bench/model/host-health.ts';
import { attempt, type RunCommand } from '../commander.ts';
import { type Files, readIfPresent } from '../files.ts';
import { parseNft } from './firewall.ts';

/** A chain and its treatment of packets, in the words of its tool. */
interface Chain {
  /** e.g. "ip filter INPUT" */
  readonly name: string;
  /** Whether packets to the host itself enter the firewall in this chain. */
  readonly entry: boolean;
  readonly dropsByPolicy: boolean;
  /** Verdicts of its rules that refuse, e.g. "reject". */
  readonly refusing: readonly string[];
  readonly jumps: readonly string[];
}

/** Chains of IPv4 in `nft -j list ruleset`. A REJECT of iptables is an opaque `xt` there. */
export function parseNftChains(json: string): readonly Chain[] {
  const { chains, rules } = parseNft(json);
  return chains
    .filter(({ family }) => family === 'ip' || family === 'inet')
    .map(({ family, table, name, type, hook, policy }) => {
      const own = rules
        .filter((rule) => rule.family === family && rule.table === table && rule.chain === name)
        .flatMap(({ expr }) => expr ?? []);
      const entry = type === 'filter' && hook === 'input';
      return {
        name: `${family} ${table} ${name}`,
        entry,
        dropsByPolicy: entry && policy === 'drop',
        refusing: own.flatMap(refusalOf),
        jumps: own.flatMap((part) => targetOf(part).map((target) => `${family} ${table} ${target}`)),
      };
    });
}

function refusalOf(part: Readonly<Record<string, unknown>>): readonly string[] {
  if ('drop' in part) return ['drop'];
  if ('reject' in part) return ['reject'];
  const name = field(part['xt'], 'name');
  return name === 'REJECT' || name === 'DROP' ? [name.toLowerCase()] : [];
}

function targetOf(part: Readonly<Record<string, unknown>>): readonly string[] {
  const target = field(part['jump'] ?? part['goto'], 'target');
  return typeof target === 'string' ? [target] : [];
}

/** Chains of `iptables-legacy-save -t filter`. */
export function parseLegacyChains(text: string): readonly Chain[] {
  return [...text.matchAll(/^:(\S+) (\S+)/gm)].map(([, name = '', policy = '']) => {
    const targets = [...text.matchAll(/^(?:\[\d+:\d+\] )?-A (\S+) .*?-[jg] (\S+)/gm)].flatMap(
      ([, chain, target]) => (chain === name && target !== undefined ? [target] : []),
    );
    return {
      name: `iptables-legacy filter ${name}`,
      entry: name === 'INPUT',
      dropsByPolicy: name === 'INPUT' && policy === 'DROP',
      refusing: targets.filter((it) => /^(DROP|REJECT)$/.test(it)).map((it) => it.toLowerCase()),
      jumps: targets.map((it) => `iptables-legacy filter ${it}`),
    };
  });
}

/**
 * The policies and rules that refuse packets to the host, in words. Rules count in chains that such packets
 * can reach.
 */
export function refusalsOf(chains: readonly Chain[]): readonly string[] {
  const reached = new Set<Chain>();
  const pending = chains.filter(({ entry }) => entry);
  for (let chain = pending.pop(); chain !== undefined; chain = pending.pop()) {
    if (reached.has(chain)) continue;
    reached.add(chain);
    const { jumps } = chain;
    pending.push(...chains.filter(({ name }) => jumps.includes(name)));
  }
  return chains
    .filter((chain) => reached.has(chain))
    .flatMap(({ name, dropsByPolicy, refusing }) => [
      ...(dropsByPolicy ? [`${name} drops packets that no rule accepts`] : []),
      ...(refusing.length === 0 ? [] : [`${name} has rules that ${[...new Set(refusing)].join(' and ')}`]),
    ]);
}

export async function readInputFilter(files: Files, run: RunCommand): Promise<InputFilter> {
  // Asking iptables-legacy about a table that the kernel does not have would create it.
  const legacyTables = (readIfPresent(files, '/proc/net/ip_tables_names') ?? '').split('\n');
  const legacy = legacyTables.includes('filter')
    ? await attempt(run, 'iptables-legacy-save', ['-t', 'filter'])
    : undefined;
  const ruleset = await attempt(run, 'nft', ['-j', 'list', 'ruleset']);
  const chains = [
    ...(legacy === undefined || legacy instanceof Failure ? [] : parseLegacyChains(legacy.stdout)),
    ...(ruleset instanceof Failure ? [] : parseNftChains(ruleset.stdout)),
  ];
  const unread = legacy instanceof Failure ? legacy : ruleset instanceof Failure ? ruleset : undefined;
  return {
    refusals: refusalsOf(chains),
    // A kernel without nf_tables has nothing to list. That is no problem where the rules are legacy ones.
    ...(unread === undefined || (unread === ruleset && legacy !== undefined)
      ? {}
      : { unread: messageOf(unread) }),
  };
}

function field(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
