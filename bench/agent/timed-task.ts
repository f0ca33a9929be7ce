import { Bench } from 'tinybench';
import { messageOf } from '../model/failure.ts';
import { type TimedTask, taskWarmupSeconds } from '../model/timed-task.ts';

/**
 * Repeats a task for `seconds`, after a short warm-up, and takes the quantiles of its durations. A task may return
 * `overriddenDuration`, in milliseconds, where only a part of it is to be timed. Never rejects because of the task: the
 * result has its error. It takes as much longer as the task takes once.
 */
export async function timedTask(run: () => unknown, seconds: number): Promise<TimedTask> {
  const bench = new Bench({
    time: seconds * 1000,
    // The usual minimum of 64 repetitions would make a slow task take minutes.
    iterations: 1,
    warmupTime: taskWarmupSeconds * 1000,
    warmupIterations: 1,
  });
  const name = 'task';
  bench.add(name, run);
  await bench.run();
  const result = bench.getTask(name)?.result;
  if (result?.state === 'errored') return { problem: messageOf(result.error) };
  if (result?.state !== 'completed') return { problem: `it was not completed: ${result?.state}` };
  const { p50, p75, samplesCount } = result.latency;
  return { count: samplesCount, p50Us: p50 * 1000, p75Us: p75 * 1000 };
}
