import type { ConnectionRoom } from '../../../bench/model/connection-room.ts';
import { localPortFiles, localPorts } from '../../../bench/model/local-ports.ts';
import { type Files, readIfPresent } from '../files.ts';

/** How many more connections the host's stack can take. */
export function readConnectionRoom(files: Files): ConnectionRoom {
  const number = (path: string) => {
    const text = readIfPresent(files, path)?.trim() ?? '';
    return /^\d+$/.test(text) ? Number(text) : undefined;
  };
  const entries = number('/proc/sys/net/netfilter/nf_conntrack_count');
  const limit = number('/proc/sys/net/netfilter/nf_conntrack_max');
  const sockets = localPortFiles.sockets.map((path) => readIfPresent(files, path) ?? '');
  return {
    ...(entries === undefined || limit === undefined ? {} : { conntrack: { entries, limit } }),
    ports: localPorts(readIfPresent(files, localPortFiles.range), sockets),
  };
}
