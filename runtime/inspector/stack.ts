import { processGone } from './cgroup.ts';
import type { Commander } from './commander.ts';
import type { NetworkStack } from './contract.ts';
import { type Files, ifPresent } from './files.ts';
import { readInterfaces } from './interfaces.ts';
import { readListeners } from './listeners.ts';

/** One network stack: its namespace, its interfaces and what listens in it. */
export async function readStack(files: Files, run: Commander, pid: number | 'host'): Promise<NetworkStack> {
  const namespace = ifPresent(() => files.link(`/proc/${pid === 'host' ? 'self' : pid}/ns/net`));
  if (namespace === undefined)
    throw processGone(Number(pid), 'the process whose network stack was asked for');
  const interfaces = await readInterfaces(run, pid);
  return { namespace, interfaces, listeners: readListeners(files, pid) };
}
