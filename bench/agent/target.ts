import { setImmediate as nextTurn, setTimeout as pause } from 'node:timers/promises';
import type { Clock } from '../model/clock.ts';
import { latencyOf } from '../model/histogram.ts';
import type { MeasuredWindow, SliceCount, SliceOrder } from '../model/load-agent.ts';
import { present } from '../model/present.ts';
import { type Load, startChurn, startLoad } from './autocannon.ts';
import type { LoadConnection } from './connection.ts';
import { type CpuReader, CpuSpan } from './cpus.ts';
import { Gate } from './gate.ts';
import type { Collector } from './heap.ts';
import type { KeptConnections } from './kept-connections.ts';
import { type MachineReader, machineSpan } from './machine.ts';
import { OpenLoop } from './open-loop.ts';
import { Pacer } from './pacer.ts';
import { OpenTally, Tally, type Window } from './tally.ts';

/** The load on one server for one slice, which is measured in one window or in several. */
export interface Target {
  /** The slice's ramp: opens connections if none are open, and bears load that is not measured. */
  ramp(): Promise<void>;
  /** Bears load for `settleSeconds`, then measures for `windowSeconds`; both by timers, however late they fire. */
  measure(settleSeconds: number, windowSeconds: number): Promise<void>;
  /**
   * Sends nothing more, and waits until every connection has its answer. A request that takes longer than a
   * slice lasts, and longer than half a second, is not waited for. It counts as a timeout even before the
   * order's timeout, because a connection that hangs would leave no trace otherwise.
   */
  quiet(): Promise<void>;
  /** Mean latency so far, seconds; `undefined` before any answer. */
  meanSeconds(): number | undefined;
  count(): SliceCount;
  /** The windows so far, by the clock of the instruments. */
  windows(): readonly MeasuredWindow[];
  /** Ends the load: cuts all connections at once, unless the order keeps them open. */
  close(): void;
}

export interface Instruments {
  /** Seconds. */
  readonly clock: Clock['monotonicSeconds'];
  readonly machine: MachineReader;
  /** `undefined` where the machine does not report how busy each CPU is. */
  readonly cpus: CpuReader | undefined;
  readonly collectGarbage: Collector;
  readonly kept: KeptConnections;
}

/** How often a window that ends after a number of answers checks that number. */
const lookEveryMs = 5;

/** On a machine that other processes keep busy, a healthy server may not run for a tenth of a second. */
const leastPatienceSeconds = 0.5;

/** Connects at once and sends nothing before `ramp`, which rejects if the order makes no sense. Faults of the server are counted. */
export function openTarget(order: SliceOrder, { clock, machine, cpus, kept }: Instruments): Target {
  const open = openLoopOf(order);
  const tally = open?.tally ?? new Tally();
  const schedule =
    open?.loop ?? (order.ratePerSecond === undefined ? undefined : new Pacer(order.ratePerSecond));
  const gate = new Gate(schedule);
  const { connections, finished }: Load<LoadConnection> =
    order.newConnections === true
      ? startChurn(order, { tally, gate })
      : order.keepOpen === true
        ? kept.for(order, { tally, gate })
        : startLoad(order, { tally, gate });
  const machineCpu = machineSpan(machine);
  const cpuSpan = new CpuSpan(cpus);
  /** Requests that are not waited for any more, by their numbers. */
  const hung = new Map<LoadConnection, number>();
  const sums = { load: 0, loadCpu: 0, wall: 0, pending: 0 };
  const turnRates: number[] = [];
  const windows: MeasuredWindow[] = [];
  /** The measured window, until the requests that were on their way at its close have been answered. */
  let turn: { readonly servedBefore: number; readonly wallSeconds: number } | undefined;
  let begun = { at: 0, cpu: process.cpuUsage() };
  finished.catch(() => undefined);

  function begin(): void {
    if (gate.open) return;
    tally.window = undefined;
    machineCpu.begin();
    cpuSpan.begin();
    begun = { at: clock(), cpu: process.cpuUsage() };
    gate.open = true;
    if (schedule !== undefined) schedule.start(connections);
    else for (const connection of connections) connection.resume();
  }

  function atRest(): boolean {
    return connections.every((it) => it.resting() || hung.get(it) === it.pending());
  }

  /** How much longer the youngest request that is on its way may take. */
  function patienceSeconds(): number {
    const now = performance.now();
    const left = connections
      .filter((it) => !it.resting())
      .map((it) => Math.max(order.sliceSeconds, leastPatienceSeconds) - it.pendingSeconds(now));
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

  /** Until the time is up, or all answers that the order requests at most have come. */
  async function enough(seconds: number): Promise<void> {
    const { enoughResponses } = order;
    if (enoughResponses === undefined) return pause(seconds * 1000);
    const until = clock() + seconds;
    while (clock() < until && tally.totalRequests < enoughResponses) await pause(lookEveryMs);
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
      const openedMs = schedule?.openWindow() ?? performance.now();
      const servedBefore = tally.served;
      const openedAt = clock();
      const window: Window = { openedAt: openedMs, closedAt: Number.POSITIVE_INFINITY };
      tally.window = window;
      await enough(windowSeconds);
      const drained = schedule?.closeWindow() ?? 0;
      const wallSeconds = clock() - openedAt;
      window.closedAt = performance.now();
      sums.wall += wallSeconds;
      for (const it of connections) {
        sums.pending += Math.min(wallSeconds, it.pendingSeconds(window.closedAt));
      }
      turn = { servedBefore, wallSeconds };
      windows.push({ openedAt, closedAt: openedAt + wallSeconds });
      tally.faults.timeouts += await drained;
    },

    async quiet() {
      gate.open = false;
      schedule?.stop();
      await rest(patienceSeconds());
      for (const it of connections) {
        const request = it.pending();
        if (it.resting() || request === undefined || hung.get(it) === request) continue;
        hung.set(it, request);
        tally.faults.timeouts++;
        it.cut();
      }
      if (turn !== undefined) turnRates.push((tally.served - turn.servedBefore) / turn.wallSeconds);
      turn = undefined;
      // The rest is not the load's time: reading the machine takes a tenth of a millisecond.
      sums.load += clock() - begun.at;
      sums.loadCpu += secondsOf(process.cpuUsage(begun.cpu));
      machineCpu.end();
      cpuSpan.end();
    },

    meanSeconds: () => tally.meanSeconds(),

    count() {
      const latency = latencyOf(tally.histogram, open !== undefined);
      const machineSeconds = machineCpu.total();
      return {
        requests: tally.requests,
        servedRequests: tally.served,
        bytes: tally.bytes,
        turnRates: [...turnRates],
        wallSeconds: sums.wall,
        loadSeconds: sums.load,
        edgeSeconds: tally.edgeMs / 1000,
        pendingSeconds: sums.pending,
        faults: { ...tally.faults },
        ...present({ latency, ...tally.connecting() }),
        totalRequests: tally.totalRequests,
        totalConnections: tally.totalConnections,
        ...(tally.reconnects === 0 ? {} : { reconnects: tally.reconnects }),
        ...(tally.resent === 0 ? {} : { resent: tally.resent }),
        agentSeconds: sums.loadCpu,
        ...present({ machine: machineSeconds }),
        ...cpuSpan.total(),
        ...(schedule === undefined ? {} : { pacing: schedule.pacing(sums.wall) }),
        ...(open === undefined ? {} : openTimes(open)),
      };
    },

    windows: () => [...windows],

    close() {
      schedule?.stop();
      gate.open = false;
      if (order.keepOpen === true) return;
      for (const connection of connections) connection.destroy();
    },
  };
}

/** An open loop with its counts; `undefined` where the order asks for another load. */
function openLoopOf({ arrivals, ratePerSecond }: SliceOrder) {
  if (arrivals === undefined) return undefined;
  if (ratePerSecond === undefined) throw new Error('the order has arrivals and no rate');
  return { tally: new OpenTally(), loop: new OpenLoop(ratePerSecond, arrivals) };
}

/** The parts of the latencies that the client and the server have each by itself. */
function openTimes({ tally, loop }: NonNullable<ReturnType<typeof openLoopOf>>) {
  return present({
    serviceTime: latencyOf(tally.serviceTime, true),
    sendLag: latencyOf(loop.lag, true),
  });
}

function secondsOf({ user, system }: NodeJS.CpuUsage): number {
  return (user + system) / 1e6;
}
