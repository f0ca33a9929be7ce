import { LatencyHistogram } from '../model/histogram.ts';
import type { JitterCount } from '../model/load-agent.ts';

/** Shorter gaps are those of the loop itself. */
const leastGapMs = 0.001;

/**
 * Does nothing but look at the clock, and notes each gap between two looks. In a gap the CPU did something
 * else: an interrupt, another process, or another virtual machine. A request whose answer comes in such a gap
 * is late, whoever serves it.
 * @param clock milliseconds.
 */
export function jitter(seconds: number, clock: () => number): JitterCount {
  const gaps = new LatencyHistogram();
  const startedAt = clock();
  const until = startedAt + seconds * 1e3;
  let last = startedAt;
  while (last < until) {
    const now = clock();
    if (now - last >= leastGapMs) gaps.recordValue((now - last) * 1e6);
    last = now;
  }
  const counts = new Map<number, number>();
  for (const { ns, count } of gaps.filled()) {
    const us = Number((ns / 1e3).toPrecision(2));
    counts.set(us, (counts.get(us) ?? 0) + count);
  }
  return {
    wallSeconds: (last - startedAt) / 1e3,
    gaps: [...counts].map(([us, count]) => ({ us, count })),
  };
}
