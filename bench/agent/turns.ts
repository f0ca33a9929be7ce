import { setTimeout as pause } from 'node:timers/promises';
import type { SliceCount, TurnsOrder } from '../model/load-agent.ts';
import { paceOf } from './pace.ts';
import { type Instruments, openTarget, type Target } from './target.ts';

/**
 * The slices of several servers at the same time, each cut into short windows that take turns. What the machine does
 * in a second (a neighbour on the same core, a clock that is throttled) then meets all of them alike.
 *
 *     A ramp · B ramp · C ramp · B▕settle▕window▕rest · A▕…▕ · C▕…▕ · A▕…▕ · C▕…▕ · B▕…▕ …
 *
 * A single turn is one slice by itself. Its load does not rest between ramp and window:
 *
 *     A ramp▕window▕rest
 *
 * Responses, bytes, CPU time and wall time are counted between the same two instants, which are read from the clock
 * when the timers fire, however late that is. When 100 connections broke in a row the load on a server is given up, and
 * its slice waits for its windows to pass. A dead server then costs a slice's time and no more.
 *
 * Only one server is under load at any moment: the next turn begins when all answers of the last one are in. The
 * connections stay open from the ramp to the end, and longer where the order says so. The ramp tells how slow the servers
 * are: one that is too slow for windows as short as asked makes all windows of the order longer and fewer. Agents that
 * share an order are given both, and the moments of their windows, so that they measure at the same time.
 *
 * Rejects if the order makes no sense (e.g. a URL that is none); faults of a server are counted instead.
 * @returns one count for each slice of the order, in its order.
 */
export async function runTurns(order: TurnsOrder, instruments: Instruments): Promise<readonly SliceCount[]> {
  const sleep = order.slices.some(({ wakeful }) => wakeful === true) ? stayAwake() : undefined;
  const targets: Target[] = [];
  const { appointments } = order;
  const { clock } = instruments;
  const cycle = order.slices.length;
  const single = order.sequence.length === 1;
  requireSequence(order);
  try {
    for (const [index, slice] of order.slices.entries()) {
      const target = openTarget(slice, instruments);
      targets.push(target);
      // Collects the garbage of making the clients.
      instruments.collectGarbage();
      await until(appointments?.ramps[index], clock);
      await target.ramp();
      if (!single) await target.quiet();
    }
    const slowest = Math.max(0, ...targets.map((target) => target.meanSeconds() ?? 0));
    const pace = appointments ?? paceOf(order, slowest);
    const sequence = order.sequence.slice(0, pace.turns * cycle);
    const leastSettle = single ? 0 : pace.settleSeconds;
    for (const [turn, target] of sequence.flatMap((index) => targets[index] ?? []).entries()) {
      // The garbage is collected between the windows, so that no window pays for it at some server's cost.
      if (!single) instruments.collectGarbage();
      const opensAt = appointments?.windows[turn];
      await until(opensAt === undefined ? undefined : opensAt - leastSettle, clock);
      // What is left of the time: a timer fires late.
      const settle = opensAt === undefined ? leastSettle : Math.max(leastSettle, opensAt - clock());
      await target.measure(settle, pace.windowSeconds);
      await target.quiet();
    }
    return targets.map((target) =>
      appointments === undefined ? target.count() : { ...target.count(), windows: target.windows() },
    );
  } finally {
    sleep?.();
    for (const target of targets) target.close();
  }
}

/** Resolves at once where there is no such moment, or it has passed. */
async function until(moment: number | undefined, clock: Instruments['clock']): Promise<void> {
  const seconds = moment === undefined ? 0 : moment - clock();
  if (seconds > 0) await pause(seconds * 1000);
}

function requireSequence({ slices, sequence }: TurnsOrder): void {
  const unknown = sequence.find((index) => slices[index] === undefined);
  if (unknown !== undefined) throw new Error(`the order has no slice ${unknown}`);
  if (sequence.length >= slices.length) return;
  throw new Error(
    `the order's sequence has ${sequence.length} turns for ${slices.length} slices: each slice needs at least one`,
  );
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
