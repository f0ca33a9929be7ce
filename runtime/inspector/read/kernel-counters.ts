import type { KernelReading } from '../../../bench/model/kernel-counters.ts';
import { present } from '../../../bench/model/present.ts';
import { type Files, ifPresent, readIfPresent } from '../files.ts';

/**
 * Counters of /proc/net/snmp and /proc/net/netstat: a line of names and a line of values for each protocol, both of
 * which begin with the protocol's name (net/ipv4/proc.c).
 */
export function parseProtocolCounters(text: string, protocol: string): ReadonlyMap<string, number> {
  const [names = [], values = []] = text
    .split('\n')
    .filter((line) => line.startsWith(`${protocol}: `))
    .map((line) => line.trim().split(/\s+/).slice(1));
  return new Map(names.map((name, index) => [name, Number(values[index] ?? Number.NaN)]));
}

/**
 * Sums of /proc/net/softnet_stat over all CPUs: packets dropped because the CPU's queue was full, and times that the CPU
 * had more packets than it may take at once (softnet_seq_show in net/core/net-procfs.c). The file is the machine's in
 * every network namespace.
 */
export function parseSoftnet(text: string): { readonly dropped: number; readonly squeezed: number } {
  const rows = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/));
  const sum = (column: number) =>
    rows.reduce((total, row) => total + Number.parseInt(row[column] ?? '0', 16), 0);
  return { dropped: sum(1), squeezed: sum(2) };
}

/**
 * Sums of /proc/net/stat/nf_conntrack over all CPUs, by the column's name, which the first line has. The values are
 * hexadecimal. Columns differ between kernels.
 */
export function parseConntrackStat(text: string): ReadonlyMap<string, number> {
  const [names = [], ...rows] = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => line.trim().split(/\s+/));
  return new Map(
    names.map((name, column) => [
      name,
      rows.reduce((sum, row) => sum + Number.parseInt(row[column] ?? '0', 16), 0),
    ]),
  );
}

interface Switches {
  readonly voluntary: number;
  readonly involuntary: number;
}

/** Context switches of a thread, out of its status file (proc(5)). */
export function parseSwitches(status: string): Switches {
  const value = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)$`, 'm').exec(status)?.[1] ?? 0);
  return { voluntary: value('voluntary_ctxt_switches'), involuntary: value('nonvoluntary_ctxt_switches') };
}

/**
 * Context switches of all threads of a process and of its living descendants. Children that another than the first
 * thread has started are left out: a server of hundreds of threads would take half as long again to read.
 */
function readTreeSwitches(files: Files, pid: number): Switches {
  const threads = ifPresent(() => files.list(`/proc/${pid}/task`)) ?? [];
  const own = threads.map((thread) =>
    parseSwitches(readIfPresent(files, `/proc/${pid}/task/${thread}/status`) ?? ''),
  );
  const children = (readIfPresent(files, `/proc/${pid}/task/${pid}/children`) ?? '').trim().split(/\s+/);
  const below = children.filter((it) => it !== '').map((child) => readTreeSwitches(files, Number(child)));
  return [...own, ...below].reduce(
    (sum, it) => ({
      voluntary: sum.voluntary + it.voluntary,
      involuntary: sum.involuntary + it.involuntary,
    }),
    { voluntary: 0, involuntary: 0 },
  );
}

interface KernelOrder {
  /** The server's first process. */
  readonly server: number;
  /** The load agent's first process. */
  readonly agent: number;
}

/** All counters that explain a figure, for one deployment. What the machine does not have is left out. */
export function readKernelCounters(files: Files, { server, agent }: KernelOrder): KernelReading {
  const switches = readTreeSwitches(files, server);
  const softnet = readIfPresent(files, '/proc/net/softnet_stat');
  const { dropped, squeezed } = softnet === undefined ? {} : parseSoftnet(softnet);
  const conntrack = parseConntrackStat(readIfPresent(files, '/proc/net/stat/nf_conntrack') ?? '');
  const tcp = (pid: number) =>
    parseProtocolCounters(readIfPresent(files, `/proc/${pid}/net/snmp`) ?? '', 'Tcp').get('RetransSegs');
  const more = parseProtocolCounters(readIfPresent(files, `/proc/${server}/net/netstat`) ?? '', 'TcpExt');
  return {
    voluntary_switches: switches.voluntary,
    involuntary_switches: switches.involuntary,
    ...present({
      tcp_retransmits: tcp(server),
      listen_overflows: more.get('ListenOverflows'),
      listen_drops: more.get('ListenDrops'),
      agent_tcp_retransmits: tcp(agent),
      softnet_dropped: dropped,
      softnet_squeezed: squeezed,
      conntrack_insert_failed: conntrack.get('insert_failed'),
      conntrack_drops: conntrack.get('drop'),
    }),
  };
}
