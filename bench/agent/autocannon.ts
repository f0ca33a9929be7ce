import { setTimeout as pause, setImmediate as turn } from 'node:timers/promises';
import autocannon from 'autocannon';
import { latencyOf } from '../model/histogram.ts';
import type { SliceCount, SliceOrder } from '../model/load-agent.ts';
import type { MonotonicClock } from './clock.ts';
import { autocannonClient, type Connection, tapConnection } from './connection.ts';
import { newTally, type Tally } from './tally.ts';

/** Autocannon as it comes: for the benchmark that compares with it and the tests that pin its traps. */
export const plainAutocannon = autocannon;
export type PlainOptions = autocannon.Options;
export type PlainResult = autocannon.Result;

/** After so many broken connections in a row no more are made: autocannon retries without a pause. */
const hopelessAfter = 100;

/** Autocannon looks at its clients this often: what stopping takes at most. Shorter costs more CPU in the window. */
const autocannonTickMs = 4;

/** Never reached: the slice ends its load itself. */
const autocannonDurationSeconds = 24 * 60 * 60;

/**
 * Runs one slice of closed-loop load with autocannon, around its traps (METHOD section 2).
 *
 *     |---- ramp ----|-------- window --------|- rest -|
 *     connect        open                      close    autocannon's next tick, nothing is left running
 *
 * Responses, bytes, CPU time and wall time are counted between the same two instants, which are read from
 * `clock` when the timers fire, however late that is. At `close` all connections are cut at once.
 *
 * When 100 connections broke in a row the load is given up, and the slice waits for its window to pass, so
 * that a dead server costs a slice's time and no more. A request that was on its way during the whole window
 * counts as a timeout even if it is younger than the order's timeout: otherwise a connection that hangs would
 * leave no trace.
 *
 * Rejects if the order makes no sense (e.g. a URL that is none); faults of the server are counted instead.
 */
export async function runSlice(order: SliceOrder, clock: MonotonicClock): Promise<SliceCount> {
  const tally = newTally();
  const connections: Connection[] = [];
  let openedAt = Number.POSITIVE_INFINITY;
  const sinceOpenMs = () => (clock() - openedAt) * 1000;
  const finished = startLoad(order, tally, connections, sinceOpenMs);
  const sleep = order.wakeful === true ? stayAwake() : undefined;
  try {
    // An order that autocannon rejects fails here, at once.
    await Promise.race([finished, turn()]);
    await pause(order.rampSeconds * 1000);

    const pendingAtOpen = connections.map((connection) => connection.pending());
    const cpuAtOpen = process.cpuUsage();
    openedAt = clock();
    tally.measuring = true;
    await pause(order.sliceSeconds * 1000);
    tally.measuring = false;
    const wallSeconds = clock() - openedAt;
    // Right beside: whatever interrupts the agent from here on must not age the requests that are on their way.
    const closedAt = process.hrtime();
    const cpu = process.cpuUsage(cpuAtOpen);
    const pendingSeconds = connections.reduce(
      (sum, connection) => sum + Math.min(wallSeconds, connection.pendingSeconds(closedAt)),
      0,
    );

    const hanging = connections.filter(
      (connection, index) =>
        pendingAtOpen[index] !== undefined && connection.pending() === pendingAtOpen[index],
    );
    tally.faults.timeouts += hanging.length;
    const latency = latencyOf(tally.histogram);
    return {
      requests: tally.requests,
      bytes: tally.bytes,
      wallSeconds,
      edgeSeconds: tally.edgeMs / 1000,
      pendingSeconds,
      faults: { ...tally.faults },
      ...(latency === undefined ? {} : { latency }),
      totalRequests: tally.totalRequests,
      totalConnections: tally.totalConnections,
      coreShare: (cpu.user + cpu.system) / 1e6 / wallSeconds,
    };
  } finally {
    sleep?.();
    for (const connection of connections) connection.destroy();
    await finished.catch(() => undefined);
  }
}

/** Turns the event loop without a pause, so that it never waits in the kernel, until the returned function is called. */
function stayAwake(): () => void {
  let awake = true;
  function again(): void {
    if (awake) setImmediate(again);
  }
  again();
  return () => {
    awake = false;
  };
}

/** Resolves when autocannon has stopped, which it does once all connections are destroyed. */
function startLoad(
  order: SliceOrder,
  tally: Tally,
  connections: Connection[],
  sinceOpenMs: () => number,
): Promise<void> {
  return new Promise((resolve, reject) => {
    autocannon(
      {
        url: order.url,
        connections: order.connections,
        duration: autocannonDurationSeconds,
        sampleInt: autocannonTickMs,
        skipAggregateResult: true,
        setupClient: (client) => {
          connections.push(
            tapConnection(autocannonClient(client), {
              expectedBodyBytes: order.expectedBodyBytes,
              timeoutSeconds: order.timeoutSeconds,
              tally,
              sinceOpenMs,
              hopeless: () => tally.brokenInARow >= hopelessAfter,
            }),
          );
        },
      },
      (error) => (error === null ? resolve() : reject(error)),
    );
  });
}
