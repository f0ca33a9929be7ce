import { openSync, readSync } from 'node:fs';
import { ticksPerSecond } from '../model/machine-cpu.ts';

/**
 * Reads the busy time of each CPU of the machine at one moment, seconds, by its number. Only the differences
 * between two moments count.
 */
export interface CpuReader {
  /** Resolution: nanoseconds of the scheduler, or idle time out of /proc/stat in ticks of 10 ms. */
  readonly clock: 'ns' | 'ticks';
  read(): readonly number[];
}

/**
 * Time that each CPU was given to tasks, in nanoseconds on one line: cpuacct's root, which cgroup v1 has. It is mounted
 * into the agent's container where the machine has it.
 */
const scheduledFile = '/host/cpuacct.usage_percpu';

/** More than the lines of all CPUs, on any machine that bench was made for. */
const enoughBytes = 64 * 1024;

/**
 * `undefined` where the machine does not report it. Files stay open, because they are read at both ends of
 * every turn.
 */
export function cpuReader(scheduled = scheduledFile, stat = '/proc/stat'): CpuReader | undefined {
  const inNs = reader(scheduled);
  if (inNs !== undefined) return { clock: 'ns', read: () => scheduledSeconds(inNs()) };
  const inTicks = reader(stat);
  if (inTicks === undefined) return undefined;
  return { clock: 'ticks', read: () => busySeconds(inTicks(), performance.now() / 1000) };
}

function reader(path: string): (() => string) | undefined {
  const buffer = Buffer.alloc(enoughBytes);
  let file: number;
  try {
    file = openSync(path, 'r');
  } catch {
    return undefined;
  }
  return () => buffer.toString('latin1', 0, readSync(file, buffer, 0, enoughBytes, 0));
}

/** The text of cpuacct.usage_percpu. */
function scheduledSeconds(text: string): readonly number[] {
  return text
    .trim()
    .split(/\s+/)
    .map((ns) => Number(ns) / 1e9);
}

/**
 * Parses the text of /proc/stat. Busy time of a CPU is the time less idle, iowait and steal.
 * @param atSeconds the monotonic clock at the moment of reading.
 */
export function busySeconds(text: string, atSeconds: number): readonly number[] {
  const cpus: number[] = [];
  for (const line of text.split('\n')) {
    const [name = '', ...ticks] = line.split(/\s+/);
    const [, number] = /^cpu(\d+)$/.exec(name) ?? [];
    if (number === undefined) continue;
    const [, , , idle = 0, iowait = 0, , , steal = 0] = ticks.map(Number);
    // A CPU that is offline has no line.
    while (cpus.length < Number(number)) cpus.push(0);
    cpus.push(atSeconds - (idle + iowait + steal) / ticksPerSecond);
  }
  return cpus;
}

/** Sums what passes between pairs of readings. */
export class CpuSpan {
  readonly #reader: CpuReader | undefined;
  #before: readonly number[] = [];
  #sums: number[] = [];

  constructor(reader: CpuReader | undefined) {
    this.#reader = reader;
  }

  begin(): void {
    this.#before = this.#reader?.read() ?? [];
  }

  end(): void {
    const before = this.#before;
    this.#sums = (this.#reader?.read() ?? []).map(
      (seconds, cpu) => (this.#sums[cpu] ?? 0) + seconds - (before[cpu] ?? seconds),
    );
  }

  /** The fields of a slice's count. Ticks can lag behind: a value is never below 0. */
  total(): { cpuBusySeconds?: readonly number[]; cpuClock?: CpuReader['clock'] } {
    if (this.#reader === undefined) return {};
    return {
      cpuBusySeconds: this.#sums.map((seconds) => Math.max(0, seconds)),
      cpuClock: this.#reader.clock,
    };
  }
}
