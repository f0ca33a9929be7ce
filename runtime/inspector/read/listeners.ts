import { present } from '../../../bench/model/present.ts';
import { statField } from '../../machine/process-stat.ts';
import type { Listener } from '../contract.ts';
import { type Files, ifPresent, listPids, readIfPresent, readName } from '../files.ts';

interface ListeningSocket {
  readonly address: string;
  readonly port: number;
  readonly inode: string;
}

/** TCP_LISTEN in include/net/tcp_states.h; a UDP socket that has no peer is in TCP_CLOSE. */
const listening = { tcp: '0A', udp: '07' } as const;

/**
 * Reads the waiting sockets of /proc/net/tcp, udp or their like for IPv6. Numbers are as a little-endian
 * machine prints them.
 */
export function parseListeners(
  table: string,
  protocol: Listener['protocol'] = 'tcp',
): readonly ListeningSocket[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', , state, , , , , , inode] = line.trim().split(/\s+/);
    const [addressHex, portHex] = local.split(':');
    if (
      state !== listening[protocol] ||
      addressHex === undefined ||
      portHex === undefined ||
      inode === undefined
    )
      return [];
    return [{ address: parseAddress(addressHex), port: Number.parseInt(portHex, 16), inode }];
  });
}

/** `0100007F` → 127.0.0.1; 32 digits → an IPv6 address in its canonical short form (RFC 5952). */
export function parseAddress(hex: string): string {
  const bytes = (hex.match(/.{8}/g) ?? []).flatMap((word) => (word.match(/../g) ?? []).reverse());
  const numbers = bytes.map((byte) => Number.parseInt(byte, 16));
  if (numbers.length === 4) return numbers.join('.');
  if (/^(00){10}ffff$/i.test(bytes.slice(0, 12).join(''))) return `::ffff:${numbers.slice(12).join('.')}`;
  const groups = Array.from({ length: 8 }, (_, i) =>
    Number.parseInt(bytes.slice(2 * i, 2 * i + 2).join(''), 16),
  );
  return shortAddress(groups);
}

/** Eight groups of an IPv6 address: the first of the longest runs of at least two zeros becomes `::` (RFC 5952). */
export function shortAddress(numbers: readonly number[]): string {
  const groups = numbers.map((group) => group.toString(16));
  const runs = [
    ...groups
      .map((group) => (group === '0' ? '0' : '-'))
      .join('')
      .matchAll(/0{2,}/g),
  ];
  const longest = runs.toSorted((a, b) => b[0].length - a[0].length)[0];
  if (longest === undefined) return groups.join(':');
  const end = longest.index + longest[0].length;
  return `${groups.slice(0, longest.index).join(':')}::${groups.slice(end).join(':')}`;
}

/**
 * Listeners of the stack that `pid` is in, or of the host's. Owners are found by a scan of every visible
 * process for the sockets' inodes, as in ss(8). Of a server's master and workers, the master is named.
 */
export function readListeners(files: Files, pid: number | 'host'): Listener[] {
  const stack = pid === 'host' ? '/proc/net' : `/proc/${pid}/net`;
  const sockets = (['tcp', 'udp'] as const).flatMap((protocol) =>
    [protocol, `${protocol}6`].flatMap((name) =>
      parseListeners(readIfPresent(files, `${stack}/${name}`) ?? '', protocol).map((socket) => ({
        protocol,
        ...socket,
      })),
    ),
  );
  const holders = readHolders(files, new Set(sockets.map(({ inode }) => inode)));
  return sockets.map(({ inode, ...socket }) => {
    const owner = rootOf(files, holders.get(inode) ?? []);
    if (owner === undefined) return socket;
    const command = readName(files, owner);
    return { ...socket, pid: owner, ...present({ command }) };
  });
}

/** Processes that hold each of the sockets, by inode. */
function readHolders(files: Files, inodes: ReadonlySet<string>): ReadonlyMap<string, readonly number[]> {
  const holders = new Map<string, number[]>();
  if (inodes.size === 0) return holders;
  for (const pid of listPids(files)) {
    const held = new Set<string>();
    for (const descriptor of ifPresent(() => files.list(`/proc/${pid}/fd`)) ?? []) {
      const target = ifPresent(() => files.link(`/proc/${pid}/fd/${descriptor}`)) ?? '';
      const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
      if (inode !== undefined && inodes.has(inode)) held.add(inode);
    }
    for (const inode of held) holders.set(inode, [...(holders.get(inode) ?? []), pid]);
  }
  return holders;
}

/**
 * The process whose parent does not hold the socket. It need not have the lowest pid, because pids wrap
 * round.
 */
function rootOf(files: Files, pids: readonly number[]): number | undefined {
  if (pids.length < 2) return pids[0];
  return pids.find((pid) => !pids.includes(parentOf(files, pid) ?? 0)) ?? pids[0];
}

function parentOf(files: Files, pid: number): number | undefined {
  const parent = statField(readIfPresent(files, `/proc/${pid}/stat`) ?? '', 4);
  return parent === undefined ? undefined : Number(parent);
}
