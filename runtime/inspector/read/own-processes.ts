import { type Files, listPids, readName } from '../files.ts';
import { readCpuSeconds, readParent } from './process-time.ts';

/**
 * Reader of the engine's daemons: dockerd and the containerd that it uses. That containerd is dockerd's
 * child. Where the system has a containerd, dockerd prefers it, and process 1 started it. It is remembered,
 * because a scan of every process is expensive.
 */
export function engineReader(files: Files): (daemon: number | undefined) => readonly number[] {
  let known: { readonly daemon: number; readonly containerd: number | undefined } | undefined;
  return (daemon) => {
    if (daemon === undefined) return [];
    const { containerd } = known ?? {};
    const gone = containerd !== undefined && readName(files, containerd) !== 'containerd';
    if (known?.daemon !== daemon || gone) known = { daemon, containerd: containerdOf(files, daemon) };
    return [daemon, known.containerd].filter((pid) => pid !== undefined);
  };
}

function containerdOf(files: Files, daemon: number): number | undefined {
  const found = listPids(files).filter((pid) => readName(files, pid) === 'containerd');
  const startedBy = (parent: number) => found.find((pid) => readParent(files, pid) === parent);
  return startedBy(daemon) ?? startedBy(1);
}

/** The shim of each of these containers, found through a process that the shim started. */
export function shimsOf(files: Files, containers: readonly number[]): readonly number[] {
  const parents = containers.map((pid) => readParent(files, pid)).filter((pid) => pid !== undefined);
  return [...new Set(parents)].filter((pid) => pid !== 1);
}

interface SupportOrder {
  /** The engine's daemon. */
  readonly daemon?: number;
  /** The first process of each container whose shim counts. */
  readonly containers: readonly number[];
}

/**
 * Reader of the CPU time that a run needs beside its servers, agents and proxies and the inspector itself. It
 * is the time of the engine's daemons and of the shims of some containers, the inspector's included.
 */
export function supportReader(files: Files): (order: SupportOrder) => number {
  const engine = engineReader(files);
  return ({ daemon, containers }) => {
    const pids = new Set([...engine(daemon), ...shimsOf(files, [process.pid, ...containers])]);
    return [...pids].reduce((sum, pid) => sum + readCpuSeconds(files, pid), 0);
  };
}

/** User and system time of this process, to the microsecond, without that of its children. */
export function spentByThisProcess(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}
