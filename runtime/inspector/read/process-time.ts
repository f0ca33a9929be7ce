import { ticksPerSecond } from '../../../bench/model/machine-cpu.ts';
import { statField } from '../../machine/process-stat.ts';
import { type Files, ifPresent, readIfPresent } from '../files.ts';

/** First field of a thread's schedstat: nanoseconds on a CPU. 0 where the kernel does not keep it. */
export function parseSchedstatSeconds(text: string): number {
  return Number(text.split(' ')[0]) / 1e9;
}

/** utime + stime of /proc/PID/stat (fields 14 and 15), in steps of 10 ms. */
export function parseStatSeconds(text: string): number {
  return (Number(statField(text, 14)) + Number(statField(text, 15))) / ticksPerSecond;
}

/**
 * CPU time of all threads; 0 for a process that has ended. Go keeps its threads, so none of their time is
 * lost.
 */
export function readCpuSeconds(files: Files, pid: number): number {
  const threads = ifPresent(() => files.list(`/proc/${pid}/task`)) ?? [];
  const exact = threads.reduce((sum, thread) => {
    const text = readIfPresent(files, `/proc/${pid}/task/${thread}/schedstat`);
    return text === undefined ? sum : sum + parseSchedstatSeconds(text);
  }, 0);
  if (exact > 0) return exact;
  const stat = readIfPresent(files, `/proc/${pid}/stat`);
  return stat === undefined ? 0 : parseStatSeconds(stat);
}

/** CPU time of a process and of all its living descendants. */
export function readTreeCpuSeconds(files: Files, pid: number): number {
  const children = (readIfPresent(files, `/proc/${pid}/task/${pid}/children`) ?? '').trim().split(/\s+/);
  return children
    .filter((child) => child !== '')
    .reduce((sum, child) => sum + readTreeCpuSeconds(files, Number(child)), readCpuSeconds(files, pid));
}

/** Parent of a process (field 4 of /proc/PID/stat); `undefined` where it has ended or is not visible. */
export function readParent(files: Files, pid: number): number | undefined {
  const parent = Number(statField(readIfPresent(files, `/proc/${pid}/stat`) ?? '', 4));
  return Number.isInteger(parent) && parent > 0 ? parent : undefined;
}
