import type { Snapshot } from '../contract.ts';
import { type Files, listPids, readIfPresent } from '../files.ts';
import { isInOwnStack } from './own-stack.ts';
import { readCpuSeconds } from './process-time.ts';

/** Host port that a docker-proxy serves, from its command line (arguments separated by NUL). */
export function parseProxyPort(cmdline: string): number | undefined {
  const [program = '', ...args] = cmdline.split('\0');
  if (!/(^|[/-])docker-proxy$/.test(program) || args[args.indexOf('-proto') + 1] !== 'tcp') return undefined;
  const port = args[args.indexOf('-host-port') + 1];
  return port !== undefined && /^\d+$/.test(port) ? Number(port) : undefined;
}

/** The container's address and port to which a docker-proxy sends what it accepts. */
export function parseProxyTarget(
  cmdline: string,
): { readonly address: string; readonly port: number } | undefined {
  if (parseProxyPort(cmdline) === undefined) return undefined;
  const args = cmdline.split('\0');
  const address = args[args.indexOf('-container-ip') + 1];
  const port = Number(args[args.indexOf('-container-port') + 1]);
  return address === undefined || !Number.isInteger(port) ? undefined : { address, port };
}

type Proxies = Snapshot['proxies'];

/**
 * Reader of the docker-proxy processes of this stack's published ports. An engine starts them in its own
 * network namespace. Another engine's, in another namespace, may serve the same port numbers there. The
 * reader remembers the processes, because reading every command line is the most expensive part of a
 * snapshot. It searches again as soon as one of them has ended or a port has none.
 */
export function proxyReader(files: Files): (ports: readonly number[]) => Proxies {
  let known: ReadonlyMap<number, readonly number[]> = new Map();
  const portOf = (pid: number) => parseProxyPort(readIfPresent(files, `/proc/${pid}/cmdline`) ?? '');
  const stillServed = (port: number) => {
    const pids = known.get(port) ?? [];
    return pids.length > 0 && pids.every((pid) => portOf(pid) === port);
  };
  return (ports) => {
    if (!ports.every(stillServed)) known = scan(files, portOf, isInOwnStack(files));
    const found = ports.flatMap((port): [string, Proxies[string]][] => {
      const pids = known.get(port);
      if (pids === undefined) return [];
      const cpuSeconds = pids.reduce((sum, pid) => sum + readCpuSeconds(files, pid), 0);
      return [[String(port), { pids: [...pids], cpuSeconds }]];
    });
    return Object.fromEntries(found);
  };
}

function scan(
  files: Files,
  portOf: (pid: number) => number | undefined,
  isOwn: (pid: number) => boolean,
): ReadonlyMap<number, readonly number[]> {
  const byPort = new Map<number, number[]>();
  for (const pid of listPids(files)) {
    const port = portOf(pid);
    if (port !== undefined && isOwn(pid)) byPort.set(port, [...(byPort.get(port) ?? []), pid]);
  }
  return byPort;
}
