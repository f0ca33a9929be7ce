import type { SliceCount, TurnsOrder } from '../model/load-agent.ts';
import { type Instruments, openTarget, type Target } from './target.ts';

/** A window is at least as long as this many latencies of the slowest server, so that its edges weigh little. */
const latenciesPerWindow = 5;
/** Released connections send at once; after two latencies their requests are spread as a closed loop spreads them. */
const latenciesToSettle = 2;
/** Servers that rested have cold caches, and a processor that slept. */
const settleSeconds = 0.004;

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
 * are: one that is too slow for windows as short as asked makes all windows of the order longer and fewer.
 *
 * Rejects if the order makes no sense (e.g. a URL that is none); faults of a server are counted instead.
 * @returns one count for each slice of the order, in its order.
 */
export async function runTurns(order: TurnsOrder, instruments: Instruments): Promise<readonly SliceCount[]> {
  const sleep = order.slices.some(({ wakeful }) => wakeful === true) ? stayAwake() : undefined;
  const targets: Target[] = [];
  const cycle = order.slices.length;
  const single = order.sequence.length === 1;
  requireSequence(order);
  try {
    for (const slice of order.slices) {
      const target = openTarget(slice, instruments);
      targets.push(target);
      // Collects the garbage of making the clients.
      instruments.collectGarbage();
      await target.ramp();
      if (!single) await target.quiet();
    }
    const pace = paceOf(order, Math.max(0, ...targets.map((target) => target.meanSeconds() ?? 0)));
    const sequence = order.sequence.slice(0, pace.turns * cycle);
    for (const target of sequence.flatMap((index) => targets[index] ?? [])) {
      // The garbage is collected between the windows, so that no window pays for it at some server's cost.
      if (!single) instruments.collectGarbage();
      await target.measure(single ? 0 : pace.settleSeconds, pace.windowSeconds);
      await target.quiet();
    }
    return targets.map((target) => target.count());
  } finally {
    sleep?.();
    for (const target of targets) target.close();
  }
}

function requireSequence({ slices, sequence }: TurnsOrder): void {
  const unknown = sequence.find((index) => slices[index] === undefined);
  if (unknown !== undefined) throw new Error(`the order has no slice ${unknown}`);
  if (sequence.length >= slices.length) return;
  throw new Error(
    `the order's sequence has ${sequence.length} turns for ${slices.length} slices: each slice needs at least one`,
  );
}

/** In how many turns each slice is measured, and how long they are. */
interface Pace {
  readonly turns: number;
  readonly settleSeconds: number;
  readonly windowSeconds: number;
}

/** @param slowest mean latency so far of the slowest server, seconds. */
export function paceOf(
  { slices, turnSeconds, sequence }: Pick<TurnsOrder, 'slices' | 'turnSeconds' | 'sequence'>,
  slowest: number,
): Pace {
  const sliceSeconds = Math.max(...slices.map((slice) => slice.sliceSeconds));
  const shortest = Math.max(turnSeconds, latenciesPerWindow * slowest);
  const most = sequence.length / slices.length;
  const turns = Math.max(1, Math.min(most, Math.round(sliceSeconds / shortest)));
  return {
    turns,
    settleSeconds: Math.max(settleSeconds, latenciesToSettle * slowest),
    windowSeconds: sliceSeconds / turns,
  };
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
