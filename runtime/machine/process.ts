import { readFile } from 'node:fs/promises';
import { statField } from './process-stat.ts';

/** A process, told apart from a later one with the same pid by its start time. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot (field 22 of /proc/PID/stat, proc(5)). */
  readonly startTicks: string;
}

/** Identity of a process that lives; `undefined` when there is none, or where there is no /proc. */
export async function identify(pid: number): Promise<ProcessIdentity | undefined> {
  try {
    const stat = await readFile(`/proc/${pid}/stat`, 'utf8');
    const startTicks = statField(stat, 22);
    return startTicks === undefined || statField(stat, 3) === 'Z' ? undefined : { pid, startTicks };
  } catch {
    return undefined;
  }
}

export async function isAlive(identity: ProcessIdentity): Promise<boolean> {
  return (await identify(identity.pid))?.startTicks === identity.startTicks;
}

/** Identifies this boot of this machine: pids mean something only within it. */
export async function bootId(): Promise<string> {
  return (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
}
