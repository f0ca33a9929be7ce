import { readFile } from 'node:fs/promises';
import { parseCpuModel } from '../../../runtime/inspector/read/machine.ts';
import type { MachineIdentity } from '../../model/calibration.ts';
import type { Environment } from '../../model/environment.ts';

/**
 * This machine, as a run on it would be labelled; `undefined` where /proc does not exist.
 * @param stack the owner of the network stack that the run would measure.
 */
export async function thisMachine(stack: MachineIdentity['stack']): Promise<MachineIdentity | undefined> {
  try {
    const [kernel, cpuinfo, stat] = await Promise.all(
      ['/proc/sys/kernel/osrelease', '/proc/cpuinfo', '/proc/stat'].map((path) => readFile(path, 'utf8')),
    );
    if (kernel === undefined || cpuinfo === undefined || stat === undefined) return undefined;
    return {
      kernel: kernel.trim(),
      cpuModel: parseCpuModel(cpuinfo),
      cpuCount: stat.match(/^cpu\d+ /gm)?.length ?? 1,
      stack,
    };
  } catch {
    return undefined;
  }
}

export function machineOf({ kernel, cpuModel, cpuCount, engine }: Environment): MachineIdentity {
  return { kernel, cpuModel, cpuCount, stack: engine.endpoint === 'lab' ? 'lab' : 'machine' };
}
