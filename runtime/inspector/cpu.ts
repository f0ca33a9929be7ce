import type { CpuReading } from './contract.ts';
import { type Files, readIfPresent } from './files.ts';

/** /proc counts in hundredths of a second on every architecture that Docker runs on (proc(5), USER_HZ). */
export const ticksPerSecond = 100;

/** Seconds since an arbitrary moment, never stepping back. */
export type Clock = () => number;

export const monotonicClock: Clock = () => Number(process.hrtime.bigint()) / 1e9;

/**
 * Reads /proc/stat.
 * @param atSeconds the monotonic clock at the moment of reading: busy time is what is left of CPUs × clock
 *   after idle, iowait and steal. Linux measures idle time to the nanosecond where idle is tickless
 *   (`get_cpu_idle_time_us` in kernel/time/tick-sched.c), while user, system and softirq grow by a whole
 *   tick for whatever the tick interrupts: load in short bursts between timers is missed or doubled.
 */
export function parseCpu(stat: string, atSeconds: number): CpuReading {
  const lines = stat.split('\n');
  const total = lines.find((line) => line.startsWith('cpu '));
  if (total === undefined) throw new Error('/proc/stat has no line "cpu"');
  const cpuCount = lines.filter((line) => /^cpu\d/.test(line)).length;
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = total
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return {
    cpuCount,
    userSeconds: (user + nice) / ticksPerSecond,
    systemSeconds: (system + irq) / ticksPerSecond,
    softirqSeconds: softirq / ticksPerSecond,
    stealSeconds: steal / ticksPerSecond,
    busySeconds: cpuCount * atSeconds - (idle + iowait + steal) / ticksPerSecond,
  };
}

/** Total of the line `some` in /proc/pressure/memory (psi, kernel documentation), in seconds. */
export function parseMemoryStall(pressure: string): number | undefined {
  const total = /^some .*\btotal=(\d+)/m.exec(pressure)?.[1];
  return total === undefined ? undefined : Number(total) / 1e6;
}

export function readCpu(
  files: Files,
  clock: Clock,
): { readonly atSeconds: number; readonly cpu: CpuReading } {
  const stat = files.read('/proc/stat');
  const atSeconds = clock();
  return { atSeconds, cpu: parseCpu(stat, atSeconds) };
}

export function readMemoryStall(files: Files): number | undefined {
  const pressure = readIfPresent(files, '/proc/pressure/memory');
  return pressure === undefined ? undefined : parseMemoryStall(pressure);
}
