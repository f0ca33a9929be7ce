import type { Connection, Endpoint } from '../../../bench/model/connection.ts';
import { Failure } from '../../../bench/model/failure.ts';
import { present } from '../../../bench/model/present.ts';
import { attempt, type RunCommand } from '../commander.ts';
import type { ConnectionOrder } from '../contract.ts';
import { type Files, ifPresent, readIfPresent } from '../files.ts';
import { readConntrack } from './conntrack.ts';
import { readInterfaces } from './interfaces.ts';
import { readListeners } from './listeners.ts';
import { parseProxyTarget } from './proxies.ts';
import {
  type ConnectedSocket,
  describeOwner,
  otherStacks,
  ownerOfSocket,
  plainAddress,
  readConnected,
  sameEndpoint,
} from './sockets.ts';

/**
 * Follows a connection that a process in the host's stack holds open:
 *
 *   route of the dialled address → conntrack entry → its other end in the host's stack? → is that a docker-proxy?
 *   → the server's socket in another stack: at the translated address, at the proxy's target, or as dialled
 *
 * Only reads. Sockets of other users' processes have no owner where this process may not look.
 */
export async function readConnection(
  files: Files,
  run: RunCommand,
  { local, remote }: ConnectionOrder,
): Promise<Connection> {
  const conntrack = await readConntrack(files, run, local, remote);
  const route = await readRoute(run, remote.address);
  const hostSockets = readConnected(files, 'host');
  const hostEnd = findHostEnd(files, hostSockets, local, remote);
  const pid = hostEnd?.owner?.pid;
  const target =
    pid === undefined ? undefined : parseProxyTarget(readIfPresent(files, `/proc/${pid}/cmdline`) ?? '');
  const proxy = pid === undefined || target === undefined ? undefined : { pid, target };
  const server = proxy?.target ?? (conntrack.found ? conntrack.server : remote);
  const farEnd =
    hostEnd !== undefined && proxy === undefined
      ? undefined
      : findFarEnd(files, server, (peer) =>
          proxy === undefined
            ? sameEndpoint(peer, conntrack.found ? conntrack.client : local)
            : hostSockets.some((it) => sameEndpoint(it.local, peer) && sameEndpoint(it.remote, server)),
        );
  return {
    boot: readIfPresent(files, '/proc/sys/kernel/random/boot_id')?.trim() ?? '',
    namespace: ifPresent(() => files.link('/proc/self/ns/net')) ?? '',
    ...present({ route }),
    conntrack,
    ...present({ hostEnd, proxy, farEnd }),
  };
}

interface PrintedRoute {
  readonly type?: string;
  readonly dev?: string;
  readonly gateway?: string;
}

/** Asks the kernel which route it would use (`ip route get`). No packet is sent. */
async function readRoute(run: RunCommand, address: string): Promise<Connection['route']> {
  const output = await attempt(run, 'ip', ['-j', 'route', 'get', plainAddress(address)]);
  if (output instanceof Failure) return undefined;
  const [printed]: readonly PrintedRoute[] = JSON.parse(output.stdout);
  if (printed?.dev === undefined) return undefined;
  const { dev, gateway, type } = printed;
  const device = (await readInterfaces(run, 'host')).find(({ name }) => name === dev);
  return {
    device: dev,
    kind: device?.kind ?? 'device',
    ...present({ gateway }),
    // Packets that are routed over lo stay in this stack.
    local: type === 'local' || dev === 'lo',
  };
}

function findHostEnd(
  files: Files,
  sockets: readonly ConnectedSocket[],
  local: Endpoint,
  remote: Endpoint,
): Connection['hostEnd'] {
  const socket = sockets.find((it) => sameEndpoint(it.local, remote) && sameEndpoint(it.remote, local));
  if (socket === undefined) return undefined;
  const owner = ownerOfSocket(files, socket.inode) ?? listenerOwner(files, 'host', remote);
  return { accepted: socket.inode !== '0', ...present({ owner }) };
}

function findFarEnd(
  files: Files,
  server: Endpoint,
  isPeer: (peer: Endpoint) => boolean,
): Connection['farEnd'] {
  for (const { namespace, pid } of otherStacks(files)) {
    const socket = readConnected(files, pid).find(
      (it) => sameEndpoint(it.local, server) && isPeer(it.remote),
    );
    if (socket === undefined) continue;
    const owner = ownerOfSocket(files, socket.inode) ?? listenerOwner(files, pid, server);
    return {
      namespace,
      local: socket.local,
      peer: socket.remote,
      ...present({ owner }),
    };
  }
  return undefined;
}

/** The listener of a connection that no process has accepted yet. */
function listenerOwner(files: Files, pid: number | 'host', { address, port }: Endpoint) {
  const plain = plainAddress(address);
  const candidates = readListeners(files, pid).filter((it) => it.protocol === 'tcp' && it.port === port);
  const exact = candidates.find((it) => it.address === plain);
  const any = candidates.find((it) => it.address === '0.0.0.0' || it.address === '::');
  const owner = (exact ?? any)?.pid;
  return owner === undefined ? undefined : describeOwner(files, owner);
}
