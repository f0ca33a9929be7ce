import type { Endpoint, SocketOwner } from '../../../bench/model/connection.ts';
import { present } from '../../../bench/model/present.ts';
import { type Files, ifPresent, listPids, readIfPresent, readName } from '../files.ts';
import { parseAddress } from './listeners.ts';

/** A TCP socket that is connected, or was until just now. */
export interface ConnectedSocket {
  readonly local: Endpoint;
  readonly remote: Endpoint;
  /** "0" as long as no process has accepted it. */
  readonly inode: string;
}

/** TCP_ESTABLISHED and TCP_CLOSE_WAIT in include/net/tcp_states.h. */
const connected = new Set(['01', '08']);

/** Reads /proc/net/tcp or tcp6: the sockets with a peer. IPv4 on a socket of IPv6 reads as IPv4. */
function parseConnected(table: string): readonly ConnectedSocket[] {
  return table.split('\n').flatMap((line) => {
    const [, local = '', remote = '', state = '', , , , , , inode] = line.trim().split(/\s+/);
    if (!connected.has(state) || inode === undefined) return [];
    return [{ local: endpoint(local), remote: endpoint(remote), inode }];
  });
}

function endpoint(hex: string): Endpoint {
  const [address = '', port = ''] = hex.split(':');
  return { address: plainAddress(parseAddress(address)), port: Number.parseInt(port, 16) };
}

/** `::ffff:127.0.0.1` → 127.0.0.1 */
export function plainAddress(address: string): string {
  return address.replace(/^::ffff:(?=\d+\.)/i, '');
}

export function sameEndpoint(one: Endpoint, other: Endpoint): boolean {
  return one.port === other.port && plainAddress(one.address) === plainAddress(other.address);
}

/** Connected sockets of the stack that `pid` is in, or of the host's. */
export function readConnected(files: Files, pid: number | 'host'): readonly ConnectedSocket[] {
  const stack = pid === 'host' ? '/proc/net' : `/proc/${pid}/net`;
  return ['tcp', 'tcp6'].flatMap((name) => parseConnected(readIfPresent(files, `${stack}/${name}`) ?? ''));
}

/** One process of each visible network stack, without the host's own stack. */
export function otherStacks(files: Files): readonly { readonly namespace: string; readonly pid: number }[] {
  const namespaceOf = (pid: number | 'self') => ifPresent(() => files.link(`/proc/${pid}/ns/net`));
  const host = namespaceOf('self');
  const found = new Map<string, number>();
  for (const pid of listPids(files)) {
    const namespace = namespaceOf(pid);
    if (namespace !== undefined && namespace !== host && !found.has(namespace)) found.set(namespace, pid);
  }
  return [...found].map(([namespace, pid]) => ({ namespace, pid }));
}

/** The process that holds a socket. Of several processes, the first is taken, which has the lowest pid. */
export function ownerOfSocket(files: Files, inode: string): SocketOwner | undefined {
  const holds = (pid: number) =>
    (ifPresent(() => files.list(`/proc/${pid}/fd`)) ?? []).some(
      (descriptor) => ifPresent(() => files.link(`/proc/${pid}/fd/${descriptor}`)) === `socket:[${inode}]`,
    );
  const pid = inode === '0' ? undefined : listPids(files).find(holds);
  return pid === undefined ? undefined : describeOwner(files, pid);
}

export function describeOwner(files: Files, pid: number): SocketOwner {
  const container = /[0-9a-f]{64}/.exec(readIfPresent(files, `/proc/${pid}/cgroup`) ?? '')?.[0];
  return {
    pid,
    command: readName(files, pid) ?? '?',
    ...present({ container }),
  };
}
