/**
 * Seconds of the machine's monotonic clock, which all of its processes share (clock_gettime(2), CLOCK_MONOTONIC).
 * `performance.now` counts from the start of its own process, so its start is read once and added.
 */
export function machineClock(): () => number {
  const startedAt = Number(process.hrtime.bigint()) / 1e9 - performance.now() / 1e3;
  return () => startedAt + performance.now() / 1e3;
}
