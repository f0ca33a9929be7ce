import { createHash } from 'node:crypto';
import { join } from 'node:path';

/** The paths of a lab's files. None of them is shared with another engine. */
export interface Layout {
  /** Holds the files that outlive a lab: its images, so that the lab image is built once. */
  readonly state: string;
  readonly dataRoot: string;
  /** Holds the files that are removed with a lab. */
  readonly run: string;
  readonly execRoot: string;
  readonly socket: string;
  readonly log: string;
  /** The file that dockerd reads in place of the machine's /etc/docker/daemon.json. */
  readonly config: string;
  /** Kernel settings that the lab starts with, one `path value` a line. */
  readonly sysctls: string;
  /** The lab's outermost process, as JSON. */
  readonly process: string;
  /** The kernel's lock on this file is held as long as a process of the lab lives. */
  readonly alive: string;
  /** Mount point of the lab's own files, in its mount namespace only. */
  readonly files: string;
  /** One locked file for each bench process that uses the lab: the last one stops it. */
  readonly users: string;
  /** Locked while a lab is started or stopped. It is located beside `run`, which is removed with the lab. */
  readonly lock: string;
  /** Parent of its containers' control groups, relative to the root of each hierarchy. */
  readonly cgroup: string;
}

/**
 * @param state e.g. /var/lib/bench
 * @param run e.g. /run/bench (short: sockets are located there)
 */
export function layout(state: string, run: string): Layout {
  return {
    state,
    dataRoot: join(state, 'engine'),
    run,
    execRoot: join(run, 'exec'),
    socket: join(run, 'docker.sock'),
    log: join(run, 'dockerd.log'),
    config: join(run, 'daemon.json'),
    sysctls: join(run, 'sysctls'),
    process: join(run, 'process.json'),
    alive: join(run, 'alive'),
    files: join(run, 'files'),
    users: join(run, 'users'),
    lock: `${run}.lock`,
    cgroup: `bench-lab-${createHash('sha256').update(run).digest('hex').slice(0, 8)}`,
  };
}

/** All files that a lab makes in its directories. Nothing else in them is ever removed. */
export const madeInRun = [
  'exec',
  'docker.sock',
  'dockerd.pid',
  'dockerd.log',
  'daemon.json',
  'sysctls',
  'process.json',
  'alive',
  'files',
  'users',
  'before.json',
] as const;
/** Versions of bench without a marker file made it too. */
export const madeInState = ['engine'] as const;

/**
 * The subset of these names that versions of bench without a marker file made. Those versions ran their
 * engine in the machine's own namespaces. A user's directory that happens to hold another of the names is not
 * taken for bench's.
 */
export const madeUnmarkedInRun = [
  'exec',
  'docker.sock',
  'dockerd.pid',
  'dockerd.log',
  'before.json',
  'users',
] as const satisfies readonly (typeof madeInRun)[number][];
