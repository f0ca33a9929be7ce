import { ticksPerSecond } from '../../../bench/model/machine-cpu.ts';
import type { OtherProcess } from '../../../bench/model/other-processes.ts';
import { oneLine } from '../../../bench/model/printable.ts';
import { statFields } from '../../machine/process-stat.ts';
import type { RunProcesses } from '../contract.ts';
import { type Files, listPids, readIfPresent } from '../files.ts';
import { engineReader, shimsOf } from './own-processes.ts';
import { parseProxyPort } from './proxies.ts';

/** PF_KTHREAD in include/linux/sched.h. */
const kernelThread = 0x0020_0000;

/** A process as its line in /proc/PID/stat describes it. */
interface SeenProcess {
  readonly pid: number;
  readonly parent: number;
  readonly startTicks: string;
  /**
   * The name that the process gives itself, any 15 bytes, made printable. That of a kernel thread is in
   * brackets, as in ps(1).
   */
  readonly name: string;
  /** utime + stime, and cutime + cstime. */
  readonly cpuSeconds: number;
  readonly endedSeconds: number;
}

/** Visible processes by pid, without those that have ended. Reads one small file for each. */
export function readProcesses(files: Files): ReadonlyMap<number, SeenProcess> {
  const seen = listPids(files).flatMap((pid): [number, SeenProcess][] => {
    const stat = readIfPresent(files, `/proc/${pid}/stat`) ?? '';
    const field = statFields(stat);
    const startTicks = field(22);
    if (startTicks === undefined || field(3) === 'Z') return [];
    const own = oneLine(stat.slice(stat.indexOf('(') + 1, stat.lastIndexOf(')')));
    const name = Number(field(9)) & kernelThread ? `[${own}]` : own;
    const seconds = (...fields: readonly number[]) =>
      fields.reduce((sum, number) => sum + Number(field(number)), 0) / ticksPerSecond;
    const times = { cpuSeconds: seconds(14, 15), endedSeconds: seconds(16, 17) };
    return [[pid, { pid, parent: Number(field(4)), startTicks, name, ...times }]];
  });
  return new Map(seen);
}

/**
 * The visible processes without some of them and without the descendants of those.
 * @param without processes that are left out with their descendants. @param alone left out without theirs.
 * @returns nothing where process 1 is hidden: other processes are hidden then, too (hidepid= of proc(5)).
 */
export function othersOf(
  seen: ReadonlyMap<number, SeenProcess>,
  without: ReadonlySet<number>,
  alone: ReadonlySet<number> = new Set(),
): readonly OtherProcess[] {
  if (!seen.has(1)) return [];
  const descends = ({ pid, parent }: SeenProcess): boolean => {
    if (without.has(pid)) return true;
    const above = seen.get(parent);
    return above !== undefined && above.pid !== pid && descends(above);
  };
  return [...seen.values()]
    .filter((it) => !alone.has(it.pid) && !descends(it))
    .map((it) => {
      const parent = seen.get(it.parent);
      const { name, cpuSeconds, endedSeconds } = it;
      const below = parent === undefined ? {} : { parent: keyOf(parent) };
      return { key: keyOf(it), ...below, name, cpuSeconds, endedSeconds };
    });
}

function keyOf({ pid, startTicks }: SeenProcess): string {
  return `${pid}-${startTicks}`;
}

/** Reader of the processes that are not a run's. The inspector sees the run's own among them. */
export function otherProcessesReader(files: Files): (ours: RunProcesses) => readonly OtherProcess[] {
  const engine = engineReader(files);
  return ({ daemon, containers, ports, bench }) => {
    const seen = readProcesses(files);
    const held = [process.pid, ...containers];
    const proxies = [...seen.values()].filter(
      ({ pid, name }) => name === 'docker-proxy' && ports.includes(readProxyPort(files, pid)),
    );
    const client = [...seen.values()].filter((it) => bench !== undefined && isBench(files, it, bench));
    const trees = [...held, ...shimsOf(files, held), ...client.map(({ pid }) => pid)];
    return othersOf(seen, new Set(trees), new Set([...engine(daemon), ...proxies.map(({ pid }) => pid)]));
  };
}

function readProxyPort(files: Files, pid: number): number {
  return parseProxyPort(readIfPresent(files, `/proc/${pid}/cmdline`) ?? '') ?? Number.NaN;
}

/** bench's pid is the one in its own pid namespace: the last one in the line NSpid of /proc/PID/status. */
function isBench(
  files: Files,
  { pid, startTicks }: SeenProcess,
  bench: NonNullable<RunProcesses['bench']>,
): boolean {
  if (startTicks !== bench.startTicks) return false;
  const own = /^NSpid:.*?(\d+)$/m.exec(readIfPresent(files, `/proc/${pid}/status`) ?? '')?.[1];
  return own === String(bench.pid);
}
