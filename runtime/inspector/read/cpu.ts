import { parseMachineCpu } from '../../../bench/model/machine-cpu.ts';
import type { Snapshot } from '../contract.ts';
import { type Files, readIfPresent } from '../files.ts';

/** Seconds since an arbitrary moment, never stepping back. */
export type MonotonicClock = () => number;

export const monotonicClock: MonotonicClock = () => Number(process.hrtime.bigint()) / 1e9;

/** Total of the line `some` in /proc/pressure/memory (psi, kernel documentation), in seconds. */
export function parseMemoryStall(pressure: string): number | undefined {
  const total = /^some .*\btotal=(\d+)/m.exec(pressure)?.[1];
  return total === undefined ? undefined : Number(total) / 1e6;
}

export function readCpu(files: Files, clock: MonotonicClock): Pick<Snapshot, 'atSeconds' | 'cpu'> {
  const stat = files.read('/proc/stat');
  const atSeconds = clock();
  const { cpuCount: _, ...cpu } = parseMachineCpu(stat, atSeconds);
  return { atSeconds, cpu };
}

export function readMemoryStall(files: Files): number | undefined {
  const pressure = readIfPresent(files, '/proc/pressure/memory');
  return pressure === undefined ? undefined : parseMemoryStall(pressure);
}
