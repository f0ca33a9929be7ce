import type { SliceCount } from '../model/load-agent.ts';
import type { CgroupCpu, Reading } from '../model/reading.ts';
import type { Cpu, Measured } from '../model/slice.ts';
import type { Growth } from './path-counters.ts';

/** One slice's figures, from what the agent counted and what the machine showed before and after it. */
export function measuredSlice(
  count: SliceCount,
  load: { readonly connections: number; readonly rampSeconds: number },
  readings: { readonly before: Reading; readonly after: Reading },
  grown: Growth,
): Omit<Measured, 'marks'> {
  const { requests: _, proxySeconds, ...counters } = grown;
  return {
    requests: count.requests,
    bytes: count.bytes,
    wallSeconds: count.wallSeconds,
    rampSeconds: load.rampSeconds,
    edgeSeconds: count.edgeSeconds,
    pendingSeconds: count.pendingSeconds,
    connections: load.connections,
    agentCoreShare: count.coreShare,
    faults: count.faults,
    ...(count.latency === undefined ? {} : { latency: count.latency }),
    cpu: {
      ...cpuBetween(readings.before, readings.after, count.totalRequests),
      ...(proxySeconds === undefined ? {} : { proxySeconds }),
    },
    counters,
  };
}

/** CPU time between two readings. /proc/stat counts in ticks of 10 ms, so a part can lag behind by one: not below 0. */
function cpuBetween(before: Reading, after: Reading, requests: number): Cpu {
  const grew = (read: (reading: Reading) => number) => Math.max(0, read(after) - read(before));
  const server = cgroupBetween(before.server, after.server);
  const agent = cgroupBetween(before.agent, after.agent);
  const throttled = [server?.throttledSeconds, agent?.throttledSeconds].filter(
    (value) => value !== undefined,
  );
  return {
    windowSeconds: after.atSeconds - before.atSeconds,
    requests,
    machineBusySeconds: grew(({ machine }) => machine.busySeconds),
    userSeconds: grew(({ machine }) => machine.userSeconds),
    systemSeconds: grew(({ machine }) => machine.systemSeconds),
    softirqSeconds: grew(({ machine }) => machine.softirqSeconds),
    stealSeconds: grew(({ machine }) => machine.stealSeconds),
    ...(server === undefined ? {} : { serverSeconds: server.cpuSeconds }),
    ...(agent === undefined ? {} : { agentSeconds: agent.cpuSeconds }),
    // Not the sum: what throttles a group above both is counted by both.
    ...(throttled.length === 0 ? {} : { throttledSeconds: Math.max(...throttled) }),
    ...(before.memoryStallSeconds === undefined || after.memoryStallSeconds === undefined
      ? {}
      : { memoryStallSeconds: after.memoryStallSeconds - before.memoryStallSeconds }),
  };
}

function cgroupBetween(before: CgroupCpu | undefined, after: CgroupCpu | undefined): CgroupCpu | undefined {
  if (before === undefined || after === undefined) return undefined;
  const throttled =
    before.throttledSeconds === undefined || after.throttledSeconds === undefined
      ? {}
      : { throttledSeconds: after.throttledSeconds - before.throttledSeconds };
  return { cpuSeconds: after.cpuSeconds - before.cpuSeconds, ...throttled };
}
