import { ticksPerSecond } from '../../bench/model/machine-cpu.ts';
import { statField } from '../machine/process-stat.ts';
import type { Snapshot } from './contract.ts';
import { type Files, ifPresent, listPids, readIfPresent } from './files.ts';
import { isInOwnStack } from './own-stack.ts';

/** Host port that a docker-proxy serves, from its command line (arguments separated by NUL). */
export function parseProxyPort(cmdline: string): number | undefined {
  const [program = '', ...args] = cmdline.split('\0');
  if (!/(^|[/-])docker-proxy$/.test(program) || args[args.indexOf('-proto') + 1] !== 'tcp') return undefined;
  const port = args[args.indexOf('-host-port') + 1];
  return port !== undefined && /^\d+$/.test(port) ? Number(port) : undefined;
}

/** Where a docker-proxy sends what it accepts: a container's address and port. */
export function parseProxyTarget(
  cmdline: string,
): { readonly address: string; readonly port: number } | undefined {
  if (parseProxyPort(cmdline) === undefined) return undefined;
  const args = cmdline.split('\0');
  const address = args[args.indexOf('-container-ip') + 1];
  const port = Number(args[args.indexOf('-container-port') + 1]);
  return address === undefined || !Number.isInteger(port) ? undefined : { address, port };
}

/** First field of a thread's schedstat: nanoseconds on a CPU. 0 where the kernel does not keep it. */
export function parseSchedstatSeconds(text: string): number {
  return Number(text.split(' ')[0]) / 1e9;
}

/** utime + stime of /proc/PID/stat (fields 14 and 15), in steps of 10 ms. */
export function parseStatSeconds(text: string): number {
  return (Number(statField(text, 14)) + Number(statField(text, 15))) / ticksPerSecond;
}

type Proxies = Snapshot['proxies'];

/**
 * Reader of the docker-proxy processes of this stack's published ports. An engine starts them in its own network
 * namespace; another engine's, in another namespace, may serve the same port numbers there. The reader remembers the
 * processes, because reading every command line is the dearest part of a snapshot. It looks again as soon as one of them
 * has gone or a port has none.
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

/** CPU time of all threads. Go keeps its threads, so none of their time is lost. */
function readCpuSeconds(files: Files, pid: number): number {
  const threads = ifPresent(() => files.list(`/proc/${pid}/task`)) ?? [];
  const exact = threads.reduce((sum, thread) => {
    const text = readIfPresent(files, `/proc/${pid}/task/${thread}/schedstat`);
    return text === undefined ? sum : sum + parseSchedstatSeconds(text);
  }, 0);
  if (exact > 0) return exact;
  const stat = readIfPresent(files, `/proc/${pid}/stat`);
  return stat === undefined ? 0 : parseStatSeconds(stat);
}

/** CPU time of a process and of all that descend from it and live. */
export function readTreeCpuSeconds(files: Files, pid: number): number {
  const children = (readIfPresent(files, `/proc/${pid}/task/${pid}/children`) ?? '').trim().split(/\s+/);
  return children
    .filter((child) => child !== '')
    .reduce((sum, child) => sum + readTreeCpuSeconds(files, Number(child)), readCpuSeconds(files, pid));
}
