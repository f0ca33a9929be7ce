import type { Finding } from './evidence.ts';
import { formatNumber, formatPercent, formatRatio, formatSeconds } from './format.ts';
import type { MachineFigures, Measured, ValidityRule } from './slice.ts';

/**
 * The rules by which something does not count (bench/docs/method.md, section 2). The limits are written down
 * before a run, and every broken rule is reported. Nothing else drops a measurement, and none is dropped for
 * its value.
 */
export const validityLimits = {
  littlesLaw: { low: 0.9, high: 1.02 },
  /** Share of the offered rate that must have been sent. */
  offeredRate: 0.99,
  /** Share of the machine's CPU time that others may use in a block. */
  foreignCpu: 0.1,
  /** Share of the wanted CPU time that the hypervisor may take in a block. */
  cpuSteal: 0.02,
  /** One and a half ticks of /proc/stat: a block that is shorter than some 0.75 s cannot show 2 % of a CPU. */
  cpuStealFloorSeconds: 0.015,
  /** Share of a block in which tasks may wait for memory. */
  memoryStall: 0.01,
  /** Share of the windows' time in which all load agents must have measured. */
  windowsShared: 0.9,
} as const;

/** What the agent and the readings gave for one slice, before it is judged. */
export type Unjudged = Omit<Measured, 'figures'>;

export interface JudgementContext {
  /** Claims that the evidence (counters and namespaces) contradicts: findings with `holds: false`. */
  readonly contradictions: readonly Finding[];
}

export interface Rule {
  /** No report lists it where no slice has its figure. */
  readonly seldom?: true;
  /**
   * The part that a broken rule leaves out. `block`: the machine was disturbed, so the block does not count
   * for any case of the comparison group. `round`: the case has a fault of its own, so it has no figure in
   * that round. Other cases keep theirs.
   */
  readonly leavesOut: 'block' | 'round';
  /** The quantity that is checked, in words, for a table. */
  readonly looksAt: string;
  readonly unit: 'count' | 'ratio' | 's';
  /** When the rule holds, in words: "at most 2 %". */
  readonly limit: string;
  /** A number that is larger the nearer a figure is to breaking the rule. */
  readonly severity: (figure: number) => number;
  /** `undefined` where the machine, or this kind of load, does not report it: such a rule is not broken. */
  readonly figure: (slice: Unjudged, context: JudgementContext) => number | undefined;
  /** One message for each way in which the rule is broken; none if it holds. */
  readonly broken: (figure: number, slice: Unjudged, context: JudgementContext) => readonly string[];
}

const asItIs = (figure: number) => figure;
const { littlesLaw } = validityLimits;

export const rules: Readonly<Record<ValidityRule, Rule>> = {
  no_responses: {
    leavesOut: 'round',
    looksAt: 'responses in the window',
    unit: 'count',
    limit: 'at least 1',
    severity: (figure) => -figure,
    figure: ({ requests, latency }) => (latency === undefined ? 0 : requests),
    broken: (figure, { wallSeconds }) =>
      figure === 0 ? [`no response arrived in ${formatSeconds(wallSeconds)}`] : [],
  },

  faults: {
    leavesOut: 'round',
    looksAt: 'errors, timeouts, responses of an unexpected status, wrong bodies, requests lost on reconnect',
    unit: 'count',
    limit: '0',
    severity: asItIs,
    figure: ({ faults }) => Object.values(faults).reduce((sum, count) => sum + count, 0),
    broken: (_, { faults }) => {
      const counted = [
        [faults.errors, 'connection errors'],
        [faults.timeouts, 'timeouts'],
        [faults.non2xx, 'responses of an unexpected status'],
        [faults.mismatches, 'answers of the wrong length or form'],
        [faults.lostOnReconnect, 'requests lost when their connection closed'],
      ] as const;
      const seen = counted.filter(([count]) => count > 0).map(([count, what]) => `${count} ${what}`);
      return seen.length > 0 ? [`${seen.join(', ')}: the limit is 0`] : [];
    },
  },

  littles_law: {
    leavesOut: 'round',
    looksAt: "throughput × mean latency / connections (Little's law)",
    unit: 'ratio',
    limit: `${formatNumber(littlesLaw.low, 2)} to ${formatNumber(littlesLaw.high, 2)}`,
    severity: (figure) => Math.max(littlesLaw.low - figure, figure - littlesLaw.high),
    figure: (slice) => (slice.pacing === undefined ? littlesLawRatio(slice) : undefined),
    broken: (ratio, slice) => {
      const { low, high } = littlesLaw;
      if (ratio >= low && ratio <= high) return [];
      const why =
        ratio > high
          ? ': latencies and counts of this slice are inconsistent'
          : ': connections were idle under load';
      return [
        `throughput × mean latency is ${formatRatio(ratio)} of the ${slice.connections} connections, ` +
          `outside ${formatNumber(low, 2)}–${formatNumber(high, 2)}${why}`,
      ];
    },
  },

  path_evidence: {
    leavesOut: 'round',
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

  offered_rate: {
    leavesOut: 'round',
    looksAt: 'sent rate / offered rate (paced load), over the slices of a round',
    unit: 'ratio',
    limit: `at least ${formatPercent(validityLimits.offeredRate)}`,
    severity: (figure) => -figure,
    figure: ({ pacing }) => pacing && pacing.sentPerSecond / pacing.offeredPerSecond,
    // One slice cannot break it: a pause of 2 ms at the end of 0.2 s is 1 %. `judgeByOfferedRate` judges the round.
    broken: () => [],
  },

  foreign_cpu: {
    leavesOut: 'block',
    looksAt: "share of the machine's CPU time that other processes used",
    unit: 'ratio',
    limit: `at most ${formatPercent(validityLimits.foreignCpu)}`,
    severity: asItIs,
    figure: ({ machine }) => foreignShare([machine]),
    broken: (share) =>
      share > validityLimits.foreignCpu
        ? [
            `other processes used ${formatPercent(share)} of the machine's CPU time: the limit is ${formatPercent(validityLimits.foreignCpu)}`,
          ]
        : [],
  },

  cpu_steal: {
    leavesOut: 'block',
    looksAt: 'share of the wanted CPU time that the hypervisor took',
    unit: 'ratio',
    limit: `at most ${formatPercent(validityLimits.cpuSteal)}`,
    severity: asItIs,
    figure: ({ machine: { stealSeconds, busySeconds } }) =>
      stealSeconds === 0 ? 0 : stealSeconds / (busySeconds + stealSeconds),
    broken: (share, { machine }) =>
      share > validityLimits.cpuSteal && machine.stealSeconds > validityLimits.cpuStealFloorSeconds
        ? [
            `the hypervisor took ${formatPercent(share)} of the CPU time that was wanted: the limit is ${formatPercent(validityLimits.cpuSteal)}`,
          ]
        : [],
  },

  cpu_throttled: {
    leavesOut: 'block',
    looksAt: 'time that a cgroup of server or agent was throttled',
    unit: 's',
    limit: '0',
    severity: asItIs,
    figure: ({ machine }) => machine.throttledSeconds,
    broken: (throttled) =>
      throttled > 0 ? [`a cgroup was throttled for ${formatSeconds(throttled)}: the limit is 0`] : [],
  },

  memory_stall: {
    leavesOut: 'block',
    looksAt: 'share of the time that tasks waited for memory',
    unit: 'ratio',
    limit: `at most ${formatPercent(validityLimits.memoryStall)}`,
    severity: asItIs,
    figure: ({ machine: { memoryStallSeconds, wallSeconds } }) =>
      memoryStallSeconds === undefined ? undefined : memoryStallSeconds / wallSeconds,
    broken: (share, { machine: { wallSeconds } }) => {
      if (share <= validityLimits.memoryStall) return [];
      const limit = validityLimits.memoryStall * wallSeconds;
      return [
        `tasks waited ${formatSeconds(share * wallSeconds)} for memory: the limit is ${formatSeconds(limit)}`,
      ];
    },
  },

  windows_apart: {
    seldom: true,
    leavesOut: 'block',
    looksAt: "share of the windows' time in which all load agents measured (--agents)",
    unit: 'ratio',
    limit: `at least ${formatPercent(validityLimits.windowsShared)}`,
    severity: (figure) => -figure,
    figure: ({ windowsShared }) => windowsShared,
    broken: (share) =>
      share < validityLimits.windowsShared
        ? [
            `all load agents measured in ${formatPercent(share)} of the windows' time: the limit is ${formatPercent(validityLimits.windowsShared)}`,
          ]
        : [],
  },
};

/**
 * Share of the CPU time of some stretches that other processes used; `undefined` where a stretch does not
 * report it.
 */
export function foreignShare(
  stretches: readonly Pick<MachineFigures, 'wallSeconds' | 'cpus' | 'foreignSeconds'>[],
): number | undefined {
  let [foreign, all] = [0, 0];
  for (const { foreignSeconds, wallSeconds, cpus } of stretches) {
    if (foreignSeconds === undefined) return undefined;
    foreign += foreignSeconds;
    all += wallSeconds * cpus;
  }
  return all === 0 ? undefined : foreign / all;
}

/** The fields of a slice that Little's law needs. */
type ClosedLoop = Pick<
  Unjudged,
  'latency' | 'requests' | 'wallSeconds' | 'connections' | 'edgeSeconds' | 'pendingSeconds' | 'gapSeconds'
>;

/**
 * Mean number of requests in flight by Little's law (throughput × mean latency) over the number of
 * connections, or `undefined` when no response arrived. A closed loop keeps it near 1:
 *
 * A connection's latencies over the window W add up to W − gaps + before − after, where `gaps` is the time
 * in which the client has an answer and has not yet sent the next request, `before` the part of the first
 * latency that lies before the window, and `after` the part of the window in which the last, uncounted
 * request is in flight. The agent knows both: `before` (edgeSeconds) is subtracted and `after`
 * (pendingSeconds) is added, so
 *
 *   ratio = 1 − mean over connections of gaps/W
 *
 * A correct closed loop never brings this above 1, however short the window and whatever stalls at its edges.
 * A ratio above 1.02 is counted wrongly: latencies paired with the wrong request (autocannon after a
 * reconnect: ratio above 2), or a clock that is not the one of the window.
 *
 * Below 0.90 the connections idled or died unnoticed. At 32 connections answers wait in the client's socket
 * buffers. This counts as latency, so gaps come to under 1 % there. At one connection gaps are the client's
 * work between two requests. Where each request has a new connection, the client's work between two connections
 * is a tenth of the time. The agent knows it (gapSeconds), and it is subtracted from the window.
 */
export function littlesLawRatio(slice: ClosedLoop): number | undefined {
  const { latency, requests, wallSeconds, connections, edgeSeconds, pendingSeconds, gapSeconds = 0 } = slice;
  if (latency === undefined) return undefined;
  const insideWindow = requests * (latency.meanUs / 1e6) - edgeSeconds + pendingSeconds;
  return insideWindow / (wallSeconds * connections - gapSeconds);
}
