import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import { latencyOf } from '../model/histogram.ts';
import type { SliceCount, SliceOrder } from '../model/load-agent.ts';
import { startLoad } from './autocannon.ts';
import type { MonotonicClock } from './clock.ts';
import type { Gate } from './connection.ts';
import type { Collector } from './heap.ts';
import { type MachineReader, machineSpan } from './machine.ts';
import { newTally } from './tally.ts';

/** The load on one server for one slice, which is measured in one window or in several. */
export interface Target {
  /** The slice's ramp: connects, and bears load that is not measured. */
  ramp(): Promise<void>;
  /** Bears load for `settleSeconds`, then measures for `windowSeconds`; both by timers, however late they fire. */
  measure(settleSeconds: number, windowSeconds: number): Promise<void>;
  /**
   * Sends nothing more, and waits until every connection has its answer. What has been on its way for longer than a
   * slice lasts is not waited for: it counts as a timeout even if it is younger than the order's, because a connection
   * that hangs would leave no trace otherwise.
   */
  quiet(): Promise<void>;
  /** Mean latency so far, seconds; `undefined` before any connection's second response. */
  meanSeconds(): number | undefined;
  count(): SliceCount;
  /** Cuts all connections at once. Resolves when nothing of the load is left running. */
  close(): Promise<void>;
}

export interface Instruments {
  /** Seconds. */
  readonly clock: MonotonicClock;
  readonly machine: MachineReader;
  readonly collectGarbage: Collector;
}

/** Connects at once and sends nothing before `ramp`, which rejects if the order makes no sense. Faults of the server are counted. */
export function openTarget(order: SliceOrder, { clock, machine }: Instruments): Target {
  const tally = newTally();
  const gate: Gate = { open: false, rested: () => undefined };
  const { connections, finished } = startLoad(order, tally, gate, clock);
  const machineCpu = machineSpan(machine);
  const hung = new Set<object>();
  const sums = { load: 0, loadCpu: 0, wall: 0, wallCpu: 0, pending: 0 };
  const turnRates: number[] = [];
  /** The window that is measured, until what it closed on has been answered. */
  let turn: { readonly servedBefore: number; readonly wallSeconds: number } | undefined;
  let begun = { at: 0, cpu: process.cpuUsage() };
  finished.catch(() => undefined);

  function begin(): void {
    if (gate.open) return;
    tally.window = undefined;
    machineCpu.begin();
    begun = { at: clock(), cpu: process.cpuUsage() };
    gate.open = true;
    for (const connection of connections) connection.resume();
  }

  function atRest(): boolean {
    return connections.every((it) => it.resting() || hung.has(it.pending() ?? it));
  }

  /** How much longer the youngest of what is on its way may take. */
  function patienceSeconds(): number {
    const now = process.hrtime();
    const left = connections
      .filter((it) => !it.resting())
      .map((it) => order.sliceSeconds - it.pendingSeconds(now));
    return Math.max(0, ...left);
  }

  function rest(withinSeconds: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        gate.rested = () => undefined;
        resolve();
      };
      const timer = setTimeout(done, withinSeconds * 1000);
      gate.rested = () => {
        if (atRest()) done();
      };
      gate.rested();
    });
  }

  return {
    async ramp() {
      begin();
      // An order that autocannon rejects fails here, at once.
      await Promise.race([finished, nextTurn()]);
      await pause(order.rampSeconds * 1000);
    },

    async measure(settleSeconds, windowSeconds) {
      begin();
      if (settleSeconds > 0) await pause(settleSeconds * 1000);
      const servedBefore = tally.served;
      const cpuAtOpen = process.cpuUsage();
      const window = { openedAt: clock(), closedAt: undefined as number | undefined };
      tally.window = window;
      await pause(windowSeconds * 1000);
      window.closedAt = clock();
      // Right beside: whatever interrupts the agent from here on must not age the requests that are on their way.
      const closedAt = process.hrtime();
      const wall = window.closedAt - window.openedAt;
      sums.wall += wall;
      sums.wallCpu += secondsOf(process.cpuUsage(cpuAtOpen));
      for (const it of connections) sums.pending += Math.min(wall, it.pendingSeconds(closedAt));
      turn = { servedBefore, wallSeconds: wall };
    },

    async quiet() {
      gate.open = false;
      await rest(patienceSeconds());
      for (const it of connections) {
        const request = it.pending();
        if (it.resting() || request === undefined || hung.has(request)) continue;
        hung.add(request);
        tally.faults.timeouts++;
      }
      if (turn !== undefined) turnRates.push((tally.served - turn.servedBefore) / turn.wallSeconds);
      turn = undefined;
      machineCpu.end();
      sums.load += clock() - begun.at;
      sums.loadCpu += secondsOf(process.cpuUsage(begun.cpu));
    },

    meanSeconds() {
      const { milliseconds, responses } = tally.seen;
      return responses === 0 ? undefined : milliseconds / 1000 / responses;
    },

    count() {
      const latency = latencyOf(tally.histogram);
      const machineSeconds = machineCpu.total();
      return {
        requests: tally.requests,
        servedRequests: tally.served,
        bytes: tally.bytes,
        turnRates: [...turnRates],
        wallSeconds: sums.wall,
        loadSeconds: sums.load,
        edgeSeconds: tally.edgeSeconds,
        pendingSeconds: sums.pending,
        faults: { ...tally.faults },
        ...(latency === undefined ? {} : { latency }),
        totalRequests: tally.totalRequests,
        totalConnections: tally.totalConnections,
        coreShare: sums.wallCpu / sums.wall,
        agentSeconds: sums.loadCpu,
        ...(machineSeconds === undefined ? {} : { machine: machineSeconds }),
      };
    },

    async close() {
      for (const connection of connections) connection.destroy();
      await finished.catch(() => undefined);
    },
  };
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
