import type { HeldConnectionSeen } from '../../../bench/model/observed.ts';
import type { RunCommand } from '../commander.ts';
import type { HeldOrder } from '../contract.ts';
import type { Files } from '../files.ts';
import { readConntrack } from './conntrack.ts';
import { ownerOfSocket, readConnected, sameEndpoint } from './sockets.ts';

/**
 * A connection that the load agent holds open, from its other side: the peers that the server's stack sees at the
 * server's port, the processes of the host that hold those ends, and what the host's connection tracking has about it.
 */
export async function readHeldConnection(
  files: Files,
  run: RunCommand,
  { serverPid, serverPort, agent, dialled }: HeldOrder,
): Promise<HeldConnectionSeen> {
  const inServersStack = readConnected(files, serverPid).filter(({ local }) => local.port === serverPort);
  const hosts = readConnected(files, 'host');
  return {
    peers: inServersStack.map(({ remote }) => {
      const end = hosts.find(({ local }) => sameEndpoint(local, remote));
      const owner = end === undefined ? undefined : ownerOfSocket(files, end.inode);
      return { ...remote, ...(owner === undefined ? {} : { command: owner.command }) };
    }),
    conntrack: await readConntrack(files, run, agent, dialled),
  };
}
