import type { SliceCount } from '../model/load-agent.ts';
import type { Growth } from '../model/observed.ts';
import { present } from '../model/present.ts';
import type { LoadProfile } from '../model/profile.ts';
import type { CgroupCpu, Reading } from '../model/reading.ts';
import type { Cpu, MachineFigures } from '../model/slice.ts';
import type { Unjudged } from '../model/validity-rules.ts';

/** The machine's readings before and after a slice. Where slices take turns: before and after all of them. */
export interface Readings {
  readonly before: Reading;
  readonly after: Reading;
}

/** The CPUs that each end of a slice ran on, by their numbers. */
export interface CpuPlaces {
  readonly server: number;
  /** One for each load agent. */
  readonly agents: readonly number[];
}

/** Facts about a machine that are needed to account for its time. */
export interface MachineFacts {
  readonly cpus: number;
  /** Interrupts are counted apart from the tasks that they interrupt: no task's counter includes them. */
  readonly irqApart: boolean;
}

/** What a slice shares with those that took turns with it, and what is its own. */
interface Circumstances {
  readonly machine: MachineFigures;
  readonly grown: Growth;
  /** `undefined` where both ends share their CPUs. */
  readonly cpus: CpuPlaces | undefined;
  /** Of bulk load: length of each body. */
  readonly payloadBytes?: number;
}

/** One slice's figures, from what the agent counted and what the machine showed before and after it. */
export function measuredSlice(
  count: SliceCount,
  { connections, load }: Pick<LoadProfile, 'connections' | 'load'>,
  { before, after }: Readings,
  { machine, grown, cpus, payloadBytes }: Circumstances,
): Unjudged {
  const { requests: _, proxySeconds, ...counters } = grown;
  return {
    requests: count.requests,
    servedRequests: count.servedRequests,
    bytes: count.bytes,
    wallSeconds: count.wallSeconds,
    ...(count.turnRates.length > 1 ? inTurns(count.turnRates, load) : {}),
    rampSeconds: Math.max(0, count.loadSeconds - count.wallSeconds),
    edgeSeconds: count.edgeSeconds,
    pendingSeconds: count.pendingSeconds,
    connections,
    ...present({ reconnects: count.reconnects, resent: count.resent }),
    faults: count.faults,
    ...present({
      latency: count.latency,
      windowsShared: count.windowsShared,
      serviceTime: count.serviceTime,
      sendLag: count.sendLag,
      connect: count.connect,
      handshake: count.handshake,
      firstByte: count.firstByte,
      gapSeconds: count.gapSeconds,
      payloadBytes,
    }),
    cpu: cpuOf(count, { server: secondsBetween(before.server, after.server), proxy: proxySeconds }, cpus),
    machine,
    counters,
    ...present({ pacing: count.pacing }),
  };
}

/** Rates have six digits: more would be noise. */
function inTurns(rates: readonly number[], load: LoadProfile['load']): Pick<Unjudged, 'turns' | 'turnRates'> {
  const turns = rates.length;
  if (load !== 'closed') return { turns };
  return { turns, turnRates: rates.map((rate) => Number(rate.toPrecision(6))) };
}

/**
 * CPU time under the slice's load. The server's time is its own, whichever other server has load. The agent
 * reads the machine's time at both ends of each turn.
 */
function cpuOf(
  count: SliceCount,
  { server, proxy }: { readonly server: number | undefined; readonly proxy: number | undefined },
  cpus: CpuPlaces | undefined,
): Cpu {
  const busy = (place: number | undefined) =>
    place === undefined ? undefined : count.cpuBusySeconds?.[place];
  // One agent that is out of CPU time limits them all.
  const ofAgents = cpus?.agents.map(busy).filter((seconds) => seconds !== undefined) ?? [];
  const serverCpu = busy(cpus?.server);
  const agentCpu = ofAgents.length === 0 ? undefined : Math.max(...ofAgents);
  return {
    loadSeconds: count.loadSeconds,
    requests: count.totalRequests,
    ...present({ serverSeconds: server, proxySeconds: proxy }),
    agentSeconds: count.agentSeconds,
    ...(count.machine === undefined ? {} : { softirqSeconds: count.machine.softirqSeconds }),
    ...present({ serverCpuBusySeconds: serverCpu, agentCpuBusySeconds: agentCpu }),
    ...(serverCpu === undefined || count.cpuClock === undefined ? {} : { busyClock: count.cpuClock }),
  };
}

/**
 * Figures of the whole machine while slices that took turns were measured, between the two readings
 * of the deployment that was read last before the slices. Busy time that is neither bench's nor the engine's
 * is foreign (bench/docs/method.md, section 2).
 * @param slices at least one.
 */
export function machineFigures(
  slices: readonly Readings[],
  { cpus, irqApart }: MachineFacts,
): MachineFigures {
  // All figures are of one deployment: the time that the run itself needs is read with that deployment's
  // shims.
  const nearest = slices.toSorted((a, b) => b.before.atSeconds - a.before.atSeconds)[0];
  if (nearest === undefined) throw new Error('no slice was read');
  const { before, after } = nearest;
  const grew = (part: 'busySeconds' | 'stealSeconds') =>
    Math.max(0, after.machine[part] - before.machine[part]);
  const wallSeconds = Math.max(0, after.atSeconds - before.atSeconds);
  const busySeconds = grew('busySeconds');
  const foreign = foreignSeconds(busySeconds, slices, { nearest, irqApart });
  const throttled = slices
    .flatMap((it) => [
      throttledBetween(it.before.server, it.after.server),
      throttledBetween(it.before.agent, it.after.agent),
    ])
    .filter((seconds) => seconds !== undefined);
  const stalled = (after.memoryStallSeconds ?? Number.NaN) - (before.memoryStallSeconds ?? Number.NaN);
  return {
    wallSeconds,
    cpus,
    busySeconds,
    ...present({ foreignSeconds: foreign }),
    stealSeconds: grew('stealSeconds'),
    // The largest, not the sum: throttling of a group above several is counted by each of them.
    ...(throttled.length === 0 ? {} : { throttledSeconds: Math.max(...throttled) }),
    ...(Number.isNaN(stalled) ? {} : { memoryStallSeconds: Math.max(0, stalled) }),
  };
}

/**
 * Figures of the whole machine during a block whose cases were measured one after the other: the sum of those of
 * its stretches. The time between them does not count.
 * @param stretches at least one.
 */
export function blockFigures(stretches: readonly MachineFigures[]): MachineFigures {
  const [first, ...others] = stretches;
  if (first === undefined) throw new Error('no stretch was measured');
  const both = (a: number | undefined, b: number | undefined) =>
    a === undefined || b === undefined ? undefined : a + b;
  return others.reduce<MachineFigures>((sum, it) => {
    const throttled = [sum.throttledSeconds, it.throttledSeconds].filter((seconds) => seconds !== undefined);
    return {
      wallSeconds: sum.wallSeconds + it.wallSeconds,
      cpus: sum.cpus,
      busySeconds: sum.busySeconds + it.busySeconds,
      ...present({ foreignSeconds: both(sum.foreignSeconds, it.foreignSeconds) }),
      stealSeconds: sum.stealSeconds + it.stealSeconds,
      ...(throttled.length === 0 ? {} : { throttledSeconds: Math.max(...throttled) }),
      ...present({ memoryStallSeconds: both(sum.memoryStallSeconds, it.memoryStallSeconds) }),
    };
  }, first);
}

/** `undefined` where a part of bench's or the engine's known time was not read. */
function foreignSeconds(
  busySeconds: number,
  slices: readonly Readings[],
  { nearest: { before, after }, irqApart }: { readonly nearest: Readings; readonly irqApart: boolean },
): number | undefined {
  if (before.ownSeconds === undefined || after.ownSeconds === undefined) return undefined;
  let known = after.ownSeconds - before.ownSeconds;
  if (irqApart) {
    known += after.machine.irqSeconds - before.machine.irqSeconds;
    known += after.machine.softirqSeconds - before.machine.softirqSeconds;
  }
  // Slices that take turns have one agent.
  known += secondsBetween(before.agent, after.agent) ?? Number.NaN;
  for (const it of slices) {
    known += secondsBetween(it.before.server, it.after.server) ?? Number.NaN;
    known += Math.max(0, (it.after.proxySeconds ?? 0) - (it.before.proxySeconds ?? 0));
  }
  return Number.isNaN(known) ? undefined : Math.max(0, busySeconds - known);
}

function secondsBetween(before: CgroupCpu | undefined, after: CgroupCpu | undefined): number | undefined {
  return before === undefined || after === undefined ? undefined : after.cpuSeconds - before.cpuSeconds;
}

function throttledBetween(before: CgroupCpu | undefined, after: CgroupCpu | undefined): number | undefined {
  if (before?.throttledSeconds === undefined || after?.throttledSeconds === undefined) return undefined;
  return after.throttledSeconds - before.throttledSeconds;
}
