import { createHmac } from 'node:crypto';
import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { present } from '../bench/model/present.ts';
import { statField } from './machine/process-stat.ts';

/**
 * The process that made something. The fields are enough to tell later, from any process that sees the same
 * kernel, whether the maker still lives. Host names play no part: containers on the host's network share its
 * name, and other containers have their own.
 */
export interface Owner {
  /** The boot of the kernel that it runs on. */
  readonly boot: string;
  /** Inode of its pid namespace: a pid means something only within one. */
  readonly pidNamespace: string;
  /** Its pid in its own pid namespace. */
  readonly pid: number;
  /**
   * Its start, in clock ticks after boot (field 22 of /proc/PID/stat). A later process with the same pid has
   * another.
   */
  readonly startTicks: string;
  /** Identifies its machine across boots. Absent if the machine is not known for certain. */
  readonly machine?: string;
}

/**
 * `alive` and `gone` are certain. `unknown` gives the reason why this process cannot tell.
 */
export type OwnerState = 'alive' | 'gone' | { readonly unknown: string };

/**
 * PROC_PID_INIT_INO in include/linux/proc_ns.h. A process in the first pid namespace sees the processes of
 * all.
 */
const firstPidNamespace = '4026531836';

const ownerText = /^([0-9a-f-]{36})\.(\d+)\.(\d+)\.(\d+)\.([0-9a-f]{16}|0)$/;

/** The owner in one word, for labels, names of folders, aliases of links and comments of firewall rules. */
export function wordOf({ boot, pidNamespace, pid, startTicks, machine = '0' }: Owner): string {
  return [boot, pidNamespace, pid, startTicks, machine].join('.');
}

/** @returns undefined where the word is not that of an owner. */
export function ownerOf(word: string): Owner | undefined {
  const [, boot, pidNamespace, pid, startTicks, machine] = ownerText.exec(word) ?? [];
  if (boot === undefined || pidNamespace === undefined || startTicks === undefined) return undefined;
  const known = machine === undefined || machine === '0' ? {} : { machine };
  return { boot, pidNamespace, pid: Number(pid), startTicks, ...known };
}

/** The files that describe a machine. Tests pass directories of their own. */
export interface OwnersMachine {
  readonly proc: string;
  readonly machineId: string;
}

const thisMachine: OwnersMachine = { proc: '/proc', machineId: '/etc/machine-id' };

/**
 * This process as an owner. Without /proc its fields are placeholders: no process can tell whether it lives.
 */
export async function thisProcess(at: OwnersMachine = thisMachine): Promise<Owner> {
  const self = await seen(at.proc, 'self');
  const machine = await machineOf(at, self?.pidNamespace);
  return {
    boot: await bootOf(at),
    pidNamespace: self?.pidNamespace ?? '0',
    pid: self?.pid ?? process.pid,
    startTicks: self?.startTicks ?? '0',
    ...present({ machine }),
  };
}

/**
 * Whether an owner lives:
 *
 *   this boot   → seen among the processes here: alive
 *               → not seen, and all processes of its pid namespace are visible from here: gone
 *   other boot  → provably of this machine: gone with that boot
 *   otherwise   → unknown
 *
 * All processes of a pid namespace are visible from the first one, from itself, and from where any other
 * process of it is seen. A namespace without processes, such as that of an ended container, is known to be
 * gone from the first namespace only. From elsewhere it may just be invisible.
 */
export async function ownerState(owner: Owner, at: OwnersMachine = thisMachine): Promise<OwnerState> {
  const me = await thisProcess(at);
  if (owner.boot !== me.boot) {
    if (owner.machine !== undefined && owner.machine === me.machine) return 'gone';
    return { unknown: 'it was created during another boot or by another machine' };
  }
  const { processes, hidden } = await visible(at.proc);
  const likeIt = processes.filter(
    ({ pid, startTicks }) => pid === owner.pid && startTicks === owner.startTicks,
  );
  // A namespace that this user may not read could be the owner's.
  if (likeIt.some(({ pidNamespace = owner.pidNamespace }) => pidNamespace === owner.pidNamespace))
    return 'alive';
  if (hidden) return { unknown: 'this user cannot see the processes of other users' };
  const seesAll =
    me.pidNamespace === firstPidNamespace ||
    me.pidNamespace === owner.pidNamespace ||
    processes.some(({ pidNamespace }) => pidNamespace === owner.pidNamespace);
  if (seesAll) return 'gone';
  return { unknown: 'its process is in a pid namespace that is not visible from here' };
}

interface Seen {
  /** Its pid in its own, innermost pid namespace. */
  readonly pid: number;
  readonly startTicks: string;
  /** Absent where this user may not read it. */
  readonly pidNamespace?: string;
}

async function visible(
  proc: string,
): Promise<{ readonly processes: readonly Seen[]; readonly hidden: boolean }> {
  const names = (await readdir(proc).catch(() => [])).filter((name) => /^\d+$/.test(name));
  const processes = await Promise.all(names.map((name) => seen(proc, name)));
  // The mount option hidepid= (proc(5)) hides even the first process.
  const first = await readFile(join(proc, '1', 'stat'), 'utf8').catch(() => undefined);
  return { processes: processes.filter((it) => it !== undefined), hidden: first === undefined };
}

async function seen(proc: string, name: string): Promise<Seen | undefined> {
  const stat = await readFile(join(proc, name, 'stat'), 'utf8').catch(() => '');
  const [state, startTicks] = [statField(stat, 3), statField(stat, 22)];
  const status = await readFile(join(proc, name, 'status'), 'utf8').catch(() => '');
  // NSpid has one pid for each namespace of the process, from that of /proc to its own.
  const pid = /^NSpid:.*?(\d+)$/m.exec(status)?.[1];
  if (startTicks === undefined || pid === undefined || state === 'Z') return undefined;
  const link = await readlink(join(proc, name, 'ns', 'pid')).catch(() => '');
  const pidNamespace = /^pid:\[(\d+)\]$/.exec(link)?.[1];
  return { pid: Number(pid), startTicks, ...present({ pidNamespace }) };
}

/** Identifies this boot of this machine: pids mean something only within it. */
async function bootOf({ proc }: OwnersMachine): Promise<string> {
  const id = await readFile(join(proc, 'sys', 'kernel', 'random', 'boot_id'), 'utf8').catch(() => '');
  return id.trim() || '00000000-0000-0000-0000-000000000000';
}

/**
 * Identifies this machine across boots by a hash of its machine id. The id itself must stay confidential
 * (machine-id(5)). It is used in the first pid namespace only: a container's file may come from its image,
 * and then many machines have the same id.
 */
async function machineOf(
  { machineId }: OwnersMachine,
  pidNamespace: string | undefined,
): Promise<string | undefined> {
  if (pidNamespace !== firstPidNamespace) return undefined;
  const id = (await readFile(machineId, 'utf8').catch(() => '')).trim();
  if (!/^[0-9a-f]{32}$/.test(id)) return undefined;
  return createHmac('sha256', id).update('container-network-bench').digest('hex').slice(0, 16);
}
