/**
 * CPU time of the whole machine, seconds: since it booted, or between two moments.
 *
 * - `busySeconds`: all CPUs, less idle, iowait and steal
 * - `irqSeconds`, `softirqSeconds`: interrupts and the work that they put off, most of it the network's. On a kernel with
 *   IRQ-time accounting they are in no task's CPU time (bench/docs/method.md, CPU a request)
 */
export interface MachineCpu {
  readonly busySeconds: number;
  readonly userSeconds: number;
  readonly systemSeconds: number;
  readonly irqSeconds: number;
  readonly softirqSeconds: number;
  readonly stealSeconds: number;
}

/** A figure for each part of the machine's CPU time. */
export function machineCpu(secondsOf: (part: keyof MachineCpu) => number): MachineCpu {
  return {
    busySeconds: secondsOf('busySeconds'),
    userSeconds: secondsOf('userSeconds'),
    systemSeconds: secondsOf('systemSeconds'),
    irqSeconds: secondsOf('irqSeconds'),
    softirqSeconds: secondsOf('softirqSeconds'),
    stealSeconds: secondsOf('stealSeconds'),
  };
}

/** /proc counts in hundredths of a second on every architecture that Docker runs on (proc(5), USER_HZ). */
export const ticksPerSecond = 100;

/**
 * Parses the text of /proc/stat.
 * @param atSeconds the monotonic clock at the moment of reading. Busy time is CPUs × clock less idle, iowait
 *   and steal. Linux measures idle time to the nanosecond where idle is tickless (`get_cpu_idle_time_us` in
 *   kernel/time/tick-sched.c). User, system and softirq time grow by a whole tick for whatever the tick
 *   interrupts, so load in short bursts between timers is missed or doubled.
 */
export function parseMachineCpu(stat: string, atSeconds: number): MachineCpu & { readonly cpuCount: number } {
  const lines = stat.split('\n');
  const total = lines.find((line) => line.startsWith('cpu '));
  if (total === undefined) throw new Error('/proc/stat has no line "cpu"');
  const cpuCount = lines.filter((line) => /^cpu\d/.test(line)).length;
  const { user, nice, system, irq, softirq, steal, unused } = columnsOf(total);
  return {
    cpuCount,
    userSeconds: (user + nice) / ticksPerSecond,
    systemSeconds: system / ticksPerSecond,
    irqSeconds: irq / ticksPerSecond,
    softirqSeconds: softirq / ticksPerSecond,
    stealSeconds: steal / ticksPerSecond,
    busySeconds: cpuCount * atSeconds - unused / ticksPerSecond,
  };
}

/** Ticks of a line; guest time is part of user time already (proc(5)). */
function columnsOf(line: string) {
  const [user = 0, nice = 0, system = 0, idle = 0, iowait = 0, irq = 0, softirq = 0, steal = 0] = line
    .trim()
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return { user, nice, system, irq, softirq, steal, unused: idle + iowait + steal };
}
