import { prefixOf, readRemark } from '../../labels.ts';
import type { GuardedPlaces, GuardOrder, NamedGuard } from '../contract.ts';

/*
 * The rules of a guard, in the syntax of the tool that makes them. Each incoming packet passes the guard
 * before any other part of the firewall (the hook `prerouting` at the priority of raw, before connection
 * tracking):
 *
 *   came in over a near interface, or over the link of any run? → go on
 *   to an address of bench's, or to an address and port of bench's? → drop
 *   else → go on
 */

/** The guard that a rule belongs to, from the remark in the rule's text. A guard is named after its run. */
export function guardOf(text: string): NamedGuard | undefined {
  const whose = readRemark(text);
  return whose === undefined ? undefined : { name: prefixOf(whose.runId), ...whose };
}

export const nothing: GuardedPlaces = { addresses: [], sockets: [], ports: [] };

/**
 * The links of all runs. The guard of a killed run outlives the run's link. The next run may take the same
 * network, and its link has to pass.
 */
const links = { nft: 'bench-*', iptables: 'bench-+' } as const;

type Family = 'ipv4' | 'ipv6';

const isOf = (family: Family) => (address: string) => address.includes(':') === (family === 'ipv6');

/**
 * The whole table, for `nft`. It is made or replaced in one step, or not at all. A table that another program
 * has flushed meanwhile is restored. The table has no named sets: one that nft 1.1 makes ends nft 1.0.6
 * (Debian 12) with a segmentation fault when the user lists the rules.
 * @param entry `new`: a table of that name that exists already belongs to another program, and the kernel
 *   refuses.
 */
export function nftTable(
  { name, remark, near, networks }: GuardOrder,
  { addresses, sockets, ports }: GuardedPlaces,
  entry: 'new' | 'kept',
): string {
  const table = `inet ${name}`;
  const chain = `${table} prerouting`;
  const pairs = (family: Family) =>
    sockets.filter(({ address }) => isOf(family)(address)).map(({ address, port }) => `${address} . ${port}`);
  return [
    ...(entry === 'new' ? [] : [`add table ${table}`, `delete table ${table}`]),
    `create table ${table}`,
    `add chain ${chain} { type filter hook prerouting priority -300; policy accept; }`,
    `add rule ${chain} iifname ${setOf(near.map((it) => `"${it}"`))} accept comment "${remark}"`,
    `add rule ${chain} iifname "${links.nft}" accept`,
    ...drops(chain, [
      ...to([...networks, ...addresses]),
      ['ip daddr . tcp dport', pairs('ipv4')],
      ['ip6 daddr . tcp dport', pairs('ipv6')],
      ['fib daddr type local tcp dport', ports.map(String)],
    ]),
  ].join('; ');
}

/** The field that a rule compares, and the values that match. */
type Match = readonly [what: string, values: readonly string[]];

function to(addresses: readonly string[]): readonly Match[] {
  return [
    ['ip daddr', addresses.filter(isOf('ipv4'))],
    ['ip6 daddr', addresses.filter(isOf('ipv6'))],
  ];
}

/** One rule for each match that has values. */
function drops(chain: string, matches: readonly Match[]): readonly string[] {
  return matches.flatMap(([what, values]) =>
    values.length === 0 ? [] : [`add rule ${chain} ${what} ${setOf(values)} drop`],
  );
}

function setOf(values: readonly string[]): string {
  return `{ ${[...new Set(values)].join(', ')} }`;
}

/**
 * The same for `iptables-legacy-restore --noflush`: a chain of the guard's own, emptied and filled in one
 * step.
 * @param entry `new`: packets are sent through the chain from now on. This is done once, when the guard is
 *   made.
 */
export function iptablesChain(
  family: Family,
  { name, remark, near, networks }: GuardOrder,
  { addresses, sockets, ports }: GuardedPlaces,
  entry: 'new' | 'kept',
): string {
  const rules = [
    ...[...near, links.iptables].map((device) => `-i ${device} -j RETURN`),
    ...[...networks, ...addresses].filter(isOf(family)).map((address) => `-d ${address} -j DROP`),
    ...sockets
      .filter(({ address }) => isOf(family)(address))
      .map(({ address, port }) => `-d ${address} -p tcp --dport ${port} -j DROP`),
    ...ports.map((port) => `-p tcp --dport ${port} -m addrtype --dst-type LOCAL -j DROP`),
  ];
  return rawTable([
    `:${name} - [0:0]`,
    ...rules.map((rule) => `-A ${name} ${rule}`),
    ...(entry === 'new' ? [`-I ${jump(name, remark)}`] : []),
  ]);
}

/** The input that removes such a chain, for the same tool. */
export function withoutChain(name: string, remark: string): string {
  return rawTable([`-D ${jump(name, remark)}`, `-F ${name}`, `-X ${name}`]);
}

function jump(name: string, remark: string): string {
  return `PREROUTING -m comment --comment "${remark}" -j ${name}`;
}

function rawTable(lines: readonly string[]): string {
  return ['*raw', ...lines, 'COMMIT', ''].join('\n');
}
