import { present } from '../../../bench/model/present.ts';
import type { RunCommand } from '../commander.ts';
import type { NetworkStack } from '../contract.ts';
import { type Files, ifPresent } from '../files.ts';
import { processGone } from './cgroup.ts';
import { readInterfaces } from './interfaces.ts';
import { readListeners } from './listeners.ts';
import { readResolver } from './resolver.ts';
import { readRoutes } from './routes.ts';

/** One network stack: its namespace, interfaces, routes, listeners and name servers. */
export async function readStack(files: Files, run: RunCommand, pid: number | 'host'): Promise<NetworkStack> {
  const namespace = ifPresent(() => files.link(`/proc/${pid === 'host' ? 'self' : pid}/ns/net`));
  if (namespace === undefined)
    throw processGone(Number(pid), 'the process whose network stack was requested');
  const interfaces = await readInterfaces(run, pid);
  const resolver = readResolver(files, pid);
  return {
    namespace,
    interfaces,
    routes: readRoutes(files, pid),
    listeners: readListeners(files, pid),
    ...present({ resolver }),
  };
}
