/** CPU time of the whole machine, seconds: since it booted, or between two moments. */
export interface MachineCpu {
  /** All CPUs, less idle, iowait and steal. */
  readonly busySeconds: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly softirqSeconds: number;
  readonly stealSeconds: number;
}

/** /proc counts in hundredths of a second on every architecture that Docker runs on (proc(5), USER_HZ). */
export const ticksPerSecond = 100;

/**
 * The text of /proc/stat.
 * @param atSeconds the monotonic clock at the moment of reading: busy time is what is left of CPUs × clock
 *   after idle, iowait and steal. Linux measures idle time to the nanosecond where idle is tickless
 *   (`get_cpu_idle_time_us` in kernel/time/tick-sched.c), while user, system and softirq grow by a whole
 *   tick for whatever the tick interrupts: load in short bursts between timers is missed or doubled.
 */
export function parseMachineCpu(stat: string, atSeconds: number): MachineCpu & { readonly cpuCount: number } {
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
