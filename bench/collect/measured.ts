import type { SliceCount } from '../model/load-agent.ts';
import { type MachineCpu, machineCpu } from '../model/machine-cpu.ts';
import type { MetricName } from '../model/metric.ts';
import type { LoadProfile } from '../model/profile.ts';
import type { CgroupCpu, Reading } from '../model/reading.ts';
import type { Cpu, Measured } from '../model/slice.ts';
import type { Growth } from './path-counters.ts';

/** What the machine showed before and after a slice; where slices take turns, before and after all of them. */
export interface Readings {
  readonly before: Reading;
  readonly after: Reading;
}

/** One slice's figures, from what the agent counted and what the machine showed before and after it. */
export function measuredSlice(
  count: SliceCount,
  { connections, primaryMetric }: Pick<LoadProfile, 'connections' | 'primaryMetric'>,
  readings: Readings,
  grown: Growth,
): Omit<Measured, 'marks'> {
  const { requests: _, proxySeconds, ...counters } = grown;
  return {
    requests: count.requests,
    servedRequests: count.servedRequests,
    bytes: count.bytes,
    wallSeconds: count.wallSeconds,
    ...(count.turnRates.length > 1 ? inTurns(count.turnRates, primaryMetric) : {}),
    rampSeconds: Math.max(0, count.loadSeconds - count.wallSeconds),
    edgeSeconds: count.edgeSeconds,
    pendingSeconds: count.pendingSeconds,
    connections,
    agentCoreShare: count.coreShare,
    faults: count.faults,
    ...(count.latency === undefined ? {} : { latency: count.latency }),
    cpu: {
      ...cpuOf(count, readings),
      ...(proxySeconds === undefined ? {} : { proxySeconds }),
    },
    counters,
  };
}

/** Rates are kept where a verdict rests on them, with six digits: more would be noise. */
function inTurns(rates: readonly number[], primary: MetricName): Pick<Measured, 'turns' | 'turnRates'> {
  const turns = rates.length;
  if (primary !== 'throughput') return { turns };
  return { turns, turnRates: rates.map((rate) => Number(rate.toPrecision(6))) };
}

/**
 * CPU time under the slice's load. The server's is its own, whoever has load beside it. What is everybody's the agent
 * reads at both ends of each turn; a stall for memory, which it cannot see, is spread over the time that it was read for.
 */
function cpuOf(count: SliceCount, { before, after }: Readings): Cpu {
  const server = cgroupBetween(before.server, after.server);
  const agent = cgroupBetween(before.agent, after.agent);
  const throttled = [server?.throttledSeconds, agent?.throttledSeconds].filter(
    (value) => value !== undefined,
  );
  const readSeconds = after.atSeconds - before.atSeconds;
  const { machine = machineBetween(before.machine, after.machine), loadSeconds } = count;
  const stalled = (after.memoryStallSeconds ?? Number.NaN) - (before.memoryStallSeconds ?? Number.NaN);
  return {
    windowSeconds: loadSeconds,
    requests: count.totalRequests,
    machineBusySeconds: machine.busySeconds,
    userSeconds: machine.userSeconds,
    systemSeconds: machine.systemSeconds,
    softirqSeconds: machine.softirqSeconds,
    stealSeconds: machine.stealSeconds,
    ...(server === undefined ? {} : { serverSeconds: server.cpuSeconds }),
    agentSeconds: count.agentSeconds,
    // Not the sum: what throttles a group above both is counted by both.
    ...(throttled.length === 0 ? {} : { throttledSeconds: Math.max(...throttled) }),
    ...(Number.isNaN(stalled) || readSeconds <= 0
      ? {}
      : { memoryStallSeconds: stalled * Math.min(1, loadSeconds / readSeconds) }),
  };
}

/** /proc/stat counts in ticks of 10 ms, so a part can lag behind by one: not below 0. */
function machineBetween(before: MachineCpu, after: MachineCpu): MachineCpu {
  return machineCpu((part) => Math.max(0, after[part] - before[part]));
}

function cgroupBetween(before: CgroupCpu | undefined, after: CgroupCpu | undefined): CgroupCpu | undefined {
  if (before === undefined || after === undefined) return undefined;
  const throttled =
    before.throttledSeconds === undefined || after.throttledSeconds === undefined
      ? {}
      : { throttledSeconds: after.throttledSeconds - before.throttledSeconds };
  return { cpuSeconds: after.cpuSeconds - before.cpuSeconds, ...throttled };
}
