import type { Appointments, TurnsOrder } from '../model/load-agent.ts';

/** A window is at least as long as this many latencies of the slowest server, so that its edges weigh little. */
const latenciesPerWindow = 5;
/** Released connections send at once; after two latencies their requests are spread as a closed loop spreads them. */
const latenciesToSettle = 2;
/** Servers that rested have cold caches, and a processor that slept. */
const settleSeconds = 0.004;

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

/** Time after a window in which the last answers come and the agents collect their garbage, seconds. */
const restSeconds = 0.005;
/** The answers that a window waits for, in latencies. */
const latenciesToRest = 2;

/**
 * The moments at which agents that share an order begin. No agent waits for another one while it measures: a message
 * between two of them would cost CPU time beside the load. The time between two windows is therefore fixed beforehand,
 * and long enough for answers as slow as `slowest`. An agent that is late all the same begins when it can, and catches up.
 * @param slowest mean latency of the slowest server so far, seconds; 0 if none is known.
 * @param startsAt the first ramp, by the machine's monotonic clock, seconds.
 */
export function appointmentsFor(
  order: Pick<TurnsOrder, 'slices' | 'turnSeconds' | 'sequence'>,
  slowest: number,
  startsAt: number,
): Appointments {
  const { turns, settleSeconds, windowSeconds } = paceOf(order, slowest);
  const rest = restSeconds + latenciesToRest * slowest;
  const single = order.sequence.length === 1;
  let at = startsAt;
  const ramps = order.slices.map(({ rampSeconds }) => {
    const begins = at;
    at += rampSeconds + (single ? 0 : rest);
    return begins;
  });
  const windows = order.sequence.slice(0, turns * order.slices.length).map(() => {
    const opens = at + (single ? 0 : settleSeconds);
    at = opens + windowSeconds + rest;
    return opens;
  });
  return { ramps, windows, turns, windowSeconds, settleSeconds };
}
