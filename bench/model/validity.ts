import type { Finding } from './evidence.ts';
import {
  type InvalidReason,
  type Measured,
  type Slice,
  type SliceHead,
  type ValidityRule,
  validityRules,
} from './slice.ts';

/**
 * When a slice does not count (METHOD section 5). The limits are written down before a run, and every rule
 * that is broken is reported: nothing else may drop a slice, and none is dropped for its value.
 */
export const validityLimits = {
  littlesLaw: { low: 0.9, high: 1.02 },
  /** Share of the time in which the CPUs had something to run. */
  cpuSteal: 0.02,
  /** One and a half ticks: /proc/stat counts in ticks of 10 ms, so one tick may be an event of any length. */
  cpuStealFloorSeconds: 0.015,
  /** Share of the time between the readings. */
  memoryStall: 0.01,
  /** Above this share of its core the agent hides what the server could do. */
  clientBound: 0.85,
} as const;

export interface JudgementContext {
  /** What the evidence contradicts, from counters and namespaces: findings with `holds: false`. */
  readonly contradictions: readonly Finding[];
}

/** What the agent and the readings gave for one slice; the marks are part of the judgement. */
export type Unjudged = Omit<Measured, 'marks'>;

/** Sets a slice's status: `completed`, or `invalid` with every reason why it does not count. */
export function judgeSlice(head: SliceHead, unjudged: Unjudged, context: JudgementContext): Slice {
  const measured: Measured = {
    ...unjudged,
    marks: unjudged.agentCoreShare > validityLimits.clientBound ? ['client-bound'] : [],
  };
  const reasons = validityRules.flatMap((rule) =>
    rules[rule](measured, context).map((message): InvalidReason => ({ rule, message })),
  );
  const { latency } = measured;
  return reasons.length > 0 || latency === undefined
    ? { ...head, status: 'invalid', ...measured, reasons }
    : { ...head, status: 'completed', ...measured, latency };
}

/**
 * Mean number of requests in flight by Little's law (throughput × mean latency) over the number of
 * connections, or `undefined` when no response arrived. A closed loop keeps it near 1:
 *
 * A connection's latencies over the window W add up to W − gaps + before − after, where `gaps` is the time
 * in which the client has an answer and has not yet sent the next request, `before` the part of the first
 * latency that lies before the window, and `after` the part of the window in which the last, uncounted
 * request is in flight. The agent knows `before` (edgeSeconds), and it is taken off, so
 *
 *   ratio = 1 − mean over connections of (gaps + after)/W
 *
 * which no honest closed loop brings above 1, however short the window and whatever stalls at its edge. What
 * is above 1.02 is counted wrongly: latencies paired with the wrong request (autocannon after a reconnect:
 * ratio above 2), or a clock that is not the one of the window.
 *
 * Below 0.90 the connections idled or died unnoticed, or one latency takes up much of the window. `after` is
 * below one latency and half of one on average: with a mean latency of 2 % of the window it takes 1 %. Gaps
 * are 2–3 % at one connection of 60–130 µs; at 32 connections answers wait in the client's socket buffers,
 * which counts as latency, so they come to under 1 % there.
 */
export function littlesLawRatio(measured: Unjudged): number | undefined {
  const { latency, requests, wallSeconds, connections, edgeSeconds } = measured;
  if (latency === undefined) return undefined;
  const insideWindow = requests * (latency.meanNs / 1e9) - edgeSeconds;
  return insideWindow / (wallSeconds * connections);
}

type Broken = (measured: Measured, context: JudgementContext) => readonly string[];

/** One message for each way in which a rule is broken; none if it holds or the figure was not read. */
const rules: Readonly<Record<ValidityRule, Broken>> = {
  'no-responses': ({ requests, latency, wallSeconds }) =>
    requests === 0 || latency === undefined ? [`no response arrived in ${seconds(wallSeconds)}`] : [],

  faults: ({ faults }) => {
    const counted = [
      [faults.errors, 'connection errors'],
      [faults.timeouts, 'timeouts'],
      [faults.non2xx, 'responses other than 2xx'],
      [faults.mismatches, 'bodies of the wrong length'],
      [faults.lostOnReconnect, 'requests lost when their connection closed'],
    ] as const;
    const seen = counted.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
    return seen.length > 0 ? [`${seen.join(', ')}: the limit is 0`] : [];
  },

  'littles-law': (measured) => {
    const ratio = littlesLawRatio(measured);
    const { low, high } = validityLimits.littlesLaw;
    if (ratio === undefined || (ratio >= low && ratio <= high)) return [];
    const ofWindow = (measured.latency?.meanNs ?? 0) / 1e9 / measured.wallSeconds;
    const why =
      ratio > high
        ? ': latencies and counts of this slice do not belong together'
        : ofWindow > 1 - low
          ? `: one latency is ${percent(ofWindow)} of the window, which is too short for this server`
          : ': connections idled while the load was on';
    return [
      `throughput × mean latency is ${ratio.toFixed(3)} of the ${measured.connections} connections, ` +
        `outside ${low.toFixed(2)}–${high.toFixed(2)}${why}`,
    ];
  },

  'path-evidence': (_, { contradictions }) =>
    contradictions.map(({ claim, expected, observed }) => `${claim}: expected ${expected}, saw ${observed}`),

  'cpu-steal': ({ cpu }) => {
    if (cpu === undefined || cpu.stealSeconds <= validityLimits.cpuStealFloorSeconds) return [];
    const share = cpu.stealSeconds / (cpu.machineBusySeconds + cpu.stealSeconds);
    return share > validityLimits.cpuSteal
      ? [
          `the hypervisor took ${percent(share)} of the CPU time that was wanted: the limit is ${percent(validityLimits.cpuSteal)}`,
        ]
      : [];
  },

  'cpu-throttled': ({ cpu }) =>
    cpu?.throttledSeconds !== undefined && cpu.throttledSeconds > 0
      ? [`a cgroup was throttled for ${seconds(cpu.throttledSeconds)}: the limit is 0`]
      : [],

  'memory-stall': ({ cpu }) => {
    if (cpu?.memoryStallSeconds === undefined) return [];
    const limit = validityLimits.memoryStall * cpu.windowSeconds;
    return cpu.memoryStallSeconds > limit
      ? [`tasks waited ${seconds(cpu.memoryStallSeconds)} for memory: the limit is ${seconds(limit)}`]
      : [];
  },
};

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

function seconds(value: number): string {
  return value >= 0.1 ? `${value.toFixed(2)} s` : `${(value * 1000).toFixed(1)} ms`;
}
