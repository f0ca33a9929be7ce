import type { OtherProcess } from '../../bench/model/other-processes.ts';
import type { Inspector } from '../inspector/client.ts';
import type { Machine, RunProcesses } from '../inspector/contract.ts';
import { type Files, ifPresent, listPids, machineFiles, readIfPresent } from '../inspector/files.ts';
import { othersOf, readProcesses } from '../inspector/read/other-processes.ts';
import { spentByThisProcess } from '../inspector/read/own-processes.ts';
import { statField } from '../machine/process-stat.ts';

/** This process, and the machine as it sees it. Tests give one of their own. */
interface Here {
  readonly files: Files;
  /** Its pid in its own pid namespace. */
  readonly pid: number;
  spentSeconds(): number;
}

export const here: Here = { files: machineFiles, pid: process.pid, spentSeconds: spentByThisProcess };

/**
 * CPU time of this process if it runs on the inspector's kernel. 0 if the inspector is on another machine.
 */
export function benchSeconds(machine: Pick<Machine, 'boot'>, { files, spentSeconds }: Here): number {
  return isSameKernel(machine, files) ? spentSeconds() : 0;
}

/**
 * The processes of the inspector's machine that are not the run's. The inspector reports them. From a lab it
 * sees only the lab's own processes, which are all bench's. This process sees the lab from outside, and
 * reports the others there.
 * @param ours the run's processes, as the inspector numbers them.
 */
export async function otherProcesses(
  inspector: Inspector,
  machine: Pick<Machine, 'boot' | 'pidNamespace'>,
  ours: RunProcesses,
  { files, pid }: Here,
): Promise<readonly OtherProcess[]> {
  if (!isSameKernel(machine, files)) return (await inspector.call('other-processes', ours)).processes;
  const inside = firstProcessOf(files, machine.pidNamespace);
  if (inside !== undefined) return othersOf(readProcesses(files), new Set([pid, inside]));
  const startTicks = statField(readIfPresent(files, '/proc/self/stat') ?? '', 22);
  const bench = startTicks === undefined ? {} : { bench: { pid, startTicks } };
  return (await inspector.call('other-processes', { ...ours, ...bench })).processes;
}

function isSameKernel({ boot }: Pick<Machine, 'boot'>, files: Files): boolean {
  return boot !== '' && readIfPresent(files, '/proc/sys/kernel/random/boot_id')?.trim() === boot;
}

/**
 * The first process of another pid namespace: all its others descend from it. `undefined` if none is visible.
 */
function firstProcessOf(files: Files, pidNamespace: string | undefined): number | undefined {
  const of = (pid: number | 'self') => ifPresent(() => files.link(`/proc/${pid}/ns/pid`));
  if (pidNamespace === undefined || pidNamespace === of('self')) return undefined;
  return listPids(files).find((pid) => {
    const own = /^NSpid:.*?(\d+)$/m;
    return (
      of(pid) === pidNamespace && own.exec(readIfPresent(files, `/proc/${pid}/status`) ?? '')?.[1] === '1'
    );
  });
}
