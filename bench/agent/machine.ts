import { openSync, readSync } from 'node:fs';
import { type MachineCpu, parseMachineCpu } from '../model/machine-cpu.ts';

/** CPU time of the whole machine until now; `undefined` where the machine does not say. */
export type MachineReader = () => MachineCpu | undefined;

/** More than /proc/stat's lines of CPUs, which come first, on any machine that bench was made for. */
const enoughBytes = 64 * 1024;

/**
 * Reads /proc/stat, which in a container too is the whole machine's, by a descriptor that stays open: it is read at
 * both ends of every turn, between the measured windows.
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
export interface MachineSpan {
  begin(): void;
  end(): void;
  /** `undefined` where the machine does not say. A part can lag behind by a tick of 10 ms: never below 0. */
  total(): MachineCpu | undefined;
}

const parts = ['busySeconds', 'userSeconds', 'systemSeconds', 'softirqSeconds', 'stealSeconds'] as const;

export function machineSpan(read: MachineReader): MachineSpan {
  const sums = new Map<(typeof parts)[number], number>();
  let before: MachineCpu | undefined;
  return {
    begin() {
      before = read();
    },
    end() {
      const after = read();
      if (before === undefined || after === undefined) return;
      for (const part of parts) sums.set(part, (sums.get(part) ?? 0) + after[part] - before[part]);
    },
    total() {
      if (sums.size === 0) return undefined;
      const of = (part: (typeof parts)[number]) => Math.max(0, sums.get(part) ?? 0);
      return {
        busySeconds: of('busySeconds'),
        userSeconds: of('userSeconds'),
        systemSeconds: of('systemSeconds'),
        softirqSeconds: of('softirqSeconds'),
        stealSeconds: of('stealSeconds'),
      };
    },
  };
}
