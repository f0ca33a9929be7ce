import { openSync, readSync } from 'node:fs';
import { type MachineCpu, machineCpu, parseMachineCpu } from '../model/machine-cpu.ts';

/** CPU time of the whole machine until now; `undefined` where the machine does not report it. */
export type MachineReader = () => MachineCpu | undefined;

/** More than /proc/stat's lines of CPUs, which come first, on any machine that bench was made for. */
const enoughBytes = 64 * 1024;

/**
 * Reads /proc/stat by a descriptor that stays open. In a container, too, the file is the whole machine's. It
 * is read at both ends of every turn, between the measured windows.
 */
export function machineReader(): MachineReader {
  const file = openIfPresent('/proc/stat');
  const buffer = Buffer.alloc(enoughBytes);
  return () => {
    if (file === undefined) return undefined;
    const bytes = readSync(file, buffer, 0, enoughBytes, 0);
    return parseMachineCpu(buffer.toString('latin1', 0, bytes), performance.now() / 1000);
  };
}

function openIfPresent(path: string): number | undefined {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return undefined;
    throw error;
  }
}

/** Sums what passes between pairs of readings. */
interface MachineSpan {
  begin(): void;
  end(): void;
  /**
   * `undefined` where the machine does not report it. A part can lag behind by a tick of 10 ms: it is
   * never below 0.
   */
  total(): MachineCpu | undefined;
}

export function machineSpan(read: MachineReader): MachineSpan {
  let sum: MachineCpu | undefined;
  let before: MachineCpu | undefined;
  return {
    begin() {
      before = read();
    },
    end() {
      const after = read();
      const from = before;
      if (from === undefined || after === undefined) return;
      const earlier = sum;
      sum = machineCpu((part) => (earlier?.[part] ?? 0) + after[part] - from[part]);
    },
    total() {
      const total = sum;
      return total === undefined ? undefined : machineCpu((part) => Math.max(0, total[part]));
    },
  };
}
