import type { Finding } from './evidence.ts';
import type { Measured, ValidityRule } from './slice.ts';

/**
 * When a slice does not count (bench/docs/method.md, section 1). The limits are written down before a run, and every rule
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
  /** Share of the offered rate that must have been sent. */
  offeredRate: 0.99,
  /** p99 of the send lag: the larger of these seconds and this share of the median latency. */
  sendLag: { seconds: 0.001, ofMedian: 0.5 },
  /** Above this share of its core the agent hides what the server could do. */
  clientBound: 0.85,
} as const;

/** What the agent and the readings gave for one slice, before it is judged. */
export type Unjudged = Omit<Measured, 'marks' | 'figures'>;

export interface JudgementContext {
  /** What the evidence contradicts, from counters and namespaces: findings with `holds: false`. */
  readonly contradictions: readonly Finding[];
}

export interface Rule {
  /** What is looked at, in words, for a table. */
  readonly looksAt: string;
  readonly unit: 'count' | 'ratio' | 's';
  /** When a slice counts, in words: "at most 2 %". */
  readonly limit: string;
  /** Which of two figures is nearer to breaking the rule, as a number that is larger the nearer. */
  readonly severity: (figure: number) => number;
  /** `undefined` where the machine, or this kind of load, does not give it: such a rule is not broken. */
  readonly figure: (slice: Unjudged, context: JudgementContext) => number | undefined;
  /** One message for each way in which the rule is broken; none if it holds. */
  readonly broken: (figure: number, slice: Unjudged, context: JudgementContext) => readonly string[];
}

const asItIs = (figure: number) => figure;
const { littlesLaw, sendLag } = validityLimits;

export const rules: Readonly<Record<ValidityRule, Rule>> = {
  'no-responses': {
    looksAt: 'responses in the window',
    unit: 'count',
    limit: 'at least 1',
    severity: (figure) => -figure,
    figure: ({ requests, latency }) => (latency === undefined ? 0 : requests),
    broken: (figure, { wallSeconds }) =>
      figure === 0 ? [`no response arrived in ${seconds(wallSeconds)}`] : [],
  },

  faults: {
    looksAt: 'errors, timeouts, responses other than 2xx, wrong bodies, requests lost on reconnect',
    unit: 'count',
    limit: '0',
    severity: asItIs,
    figure: ({ faults }) => Object.values(faults).reduce((sum, count) => sum + count, 0),
    broken: (_, { faults }) => {
      const counted = [
        [faults.errors, 'connection errors'],
        [faults.timeouts, 'timeouts'],
        [faults.non2xx, 'responses other than 2xx'],
        [faults.mismatches, 'answers of the wrong length or form'],
        [faults.lostOnReconnect, 'requests lost when their connection closed'],
      ] as const;
      const seen = counted.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
      return seen.length > 0 ? [`${seen.join(', ')}: the limit is 0`] : [];
    },
  },

  'littles-law': {
    looksAt: "throughput × mean latency / connections (Little's law)",
    unit: 'ratio',
    limit: `${littlesLaw.low.toFixed(2)} to ${littlesLaw.high.toFixed(2)}`,
    severity: (figure) => Math.max(littlesLaw.low - figure, figure - littlesLaw.high),
    figure: (slice) => (slice.pacing === undefined ? littlesLawRatio(slice) : undefined),
    broken: (ratio, slice) => {
      const { low, high } = littlesLaw;
      if (ratio >= low && ratio <= high) return [];
      // Where what was on its way at the close is known, a long latency alone does not lower the ratio.
      const ofWindow =
        slice.pendingSeconds === undefined ? (slice.latency?.meanUs ?? 0) / 1e6 / slice.wallSeconds : 0;
      const why =
        ratio > high
          ? ': latencies and counts of this slice do not belong together'
          : ofWindow > 1 - low
            ? `: one latency is ${percent(ofWindow)} of the window, which is too short for this server`
            : ': connections idled while the load was on';
      return [
        `throughput × mean latency is ${ratio.toFixed(3)} of the ${slice.connections} connections, ` +
          `outside ${low.toFixed(2)}–${high.toFixed(2)}${why}`,
      ];
    },
  },

  'path-evidence': {
    looksAt: 'claims about the path that the evidence contradicts',
    unit: 'count',
    limit: '0',
    severity: asItIs,
    figure: (_, { contradictions }) => contradictions.length,
    broken: (_, __, { contradictions }) =>
      contradictions.map(
        ({ claim, expected, observed }) => `${claim}: expected ${expected}, saw ${observed}`,
      ),
  },

  'cpu-steal': {
    looksAt: 'share of the wanted CPU time that the hypervisor took',
    unit: 'ratio',
    limit: `at most ${percent(validityLimits.cpuSteal)}, or a single tick`,
    severity: asItIs,
    figure: ({ cpu }) =>
      cpu && (cpu.stealSeconds === 0 ? 0 : cpu.stealSeconds / (cpu.machineBusySeconds + cpu.stealSeconds)),
    broken: (share, { cpu }) =>
      share > validityLimits.cpuSteal && (cpu?.stealSeconds ?? 0) > validityLimits.cpuStealFloorSeconds
        ? [
            `the hypervisor took ${percent(share)} of the CPU time that was wanted: the limit is ${percent(validityLimits.cpuSteal)}`,
          ]
        : [],
  },

  'cpu-throttled': {
    looksAt: 'time that a cgroup of server or agent was throttled',
    unit: 's',
    limit: '0',
    severity: asItIs,
    figure: ({ cpu }) => cpu?.throttledSeconds,
    broken: (throttled) =>
      throttled > 0 ? [`a cgroup was throttled for ${seconds(throttled)}: the limit is 0`] : [],
  },

  'memory-stall': {
    looksAt: 'share of the time that tasks waited for memory',
    unit: 'ratio',
    limit: `at most ${percent(validityLimits.memoryStall)}`,
    severity: asItIs,
    figure: ({ cpu }) =>
      cpu?.memoryStallSeconds === undefined ? undefined : cpu.memoryStallSeconds / cpu.windowSeconds,
    broken: (share, { cpu }) => {
      if (share <= validityLimits.memoryStall || cpu === undefined) return [];
      const limit = validityLimits.memoryStall * cpu.windowSeconds;
      return [
        `tasks waited ${seconds(share * cpu.windowSeconds)} for memory: the limit is ${seconds(limit)}`,
      ];
    },
  },

  'offered-rate': {
    looksAt: 'sent rate / offered rate (paced load)',
    unit: 'ratio',
    limit: `at least ${percent(validityLimits.offeredRate)}`,
    severity: (figure) => -figure,
    figure: ({ pacing }) => pacing && pacing.sentPerSecond / pacing.offeredPerSecond,
    broken: (share) =>
      share < validityLimits.offeredRate
        ? [
            `${percent(share)} of the offered requests were sent: the limit is ${percent(validityLimits.offeredRate)}`,
          ]
        : [],
  },

  'send-lag': {
    looksAt: 'p99 of the delay in sending (paced load)',
    unit: 's',
    limit: `at most ${seconds(sendLag.seconds)}, or ${percent(sendLag.ofMedian)} of the median latency`,
    severity: asItIs,
    figure: ({ pacing }) => pacing && pacing.sendLagP99Us / 1e6,
    broken: (lag, { latency }) => {
      const limit = Math.max(sendLag.seconds, (sendLag.ofMedian * (latency?.p50Us ?? 0)) / 1e6);
      return lag > limit
        ? [`1 % of the requests were sent ${seconds(lag)} or more late: the limit is ${seconds(limit)}`]
        : [];
    },
  },
};

/**
 * Mean number of requests in flight by Little's law (throughput × mean latency) over the number of
 * connections, or `undefined` when no response arrived. A closed loop keeps it near 1:
 *
 * A connection's latencies over the window W add up to W − gaps + before − after, where `gaps` is the time
 * in which the client has an answer and has not yet sent the next request, `before` the part of the first
 * latency that lies before the window, and `after` the part of the window in which the last, uncounted
 * request is in flight. The agent knows both: `before` (edgeSeconds) is taken off and `after` (pendingSeconds)
 * put on, so
 *
 *   ratio = 1 − mean over connections of gaps/W
 *
 * which no honest closed loop brings above 1, however short the window and whatever stalls at its edges. What
 * is above 1.02 is counted wrongly: latencies paired with the wrong request (autocannon after a reconnect:
 * ratio above 2), or a clock that is not the one of the window.
 *
 * Below 0.90 the connections idled or died unnoticed. Gaps are 2–3 % at one connection of 60–130 µs; at 32
 * connections answers wait in the client's socket buffers, which counts as latency, so they come to under 1 %
 * there. Slices from before `after` was recorded read lower by half a latency on average.
 */
export function littlesLawRatio(slice: Unjudged): number | undefined {
  const { latency, requests, wallSeconds, connections, edgeSeconds, pendingSeconds = 0 } = slice;
  if (latency === undefined) return undefined;
  const insideWindow = requests * (latency.meanUs / 1e6) - edgeSeconds + pendingSeconds;
  return insideWindow / (wallSeconds * connections);
}

function percent(fraction: number): string {
  return `${(fraction * 100).toFixed(1)} %`;
}

function seconds(value: number): string {
  return value >= 0.1 ? `${value.toFixed(2)} s` : `${(value * 1000).toFixed(1)} ms`;
}
