import { emptyHistogram, type LatencyHistogram } from '../model/histogram.ts';
import type { Faults } from '../model/slice.ts';

/** A measured window of a slice: from when it opened until, once it is closed, when that was. */
export interface Window {
  readonly openedAt: number;
  closedAt: number | undefined;
}

/** What one slice has counted so far. Every connection of the slice writes into the same tally. */
export interface Tally {
  /** The window that is open or was closed last; none before the first and between a window and the next ramp. */
  window: Window | undefined;
  requests: number;
  bytes: number;
  totalRequests: number;
  totalConnections: number;
  readonly faults: { -readonly [K in keyof Faults]: Faults[K] };
  readonly histogram: LatencyHistogram;
  /** Requests by the share of their latency that lies inside a window, those included that a window closed on. */
  served: number;
  /** Part of the counted latencies that lies before their window opened, seconds. */
  edgeSeconds: number;
  /** Sum and number of all latencies since the slice began but each connection's first, windows or not. */
  readonly seen: { milliseconds: number; responses: number };
  /** Connections that broke in a row, without one good response between them. */
  brokenInARow: number;
}

export function newTally(): Tally {
  return {
    window: undefined,
    requests: 0,
    bytes: 0,
    totalRequests: 0,
    totalConnections: 0,
    faults: { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 },
    histogram: emptyHistogram(),
    served: 0,
    edgeSeconds: 0,
    seen: { milliseconds: 0, responses: 0 },
    brokenInARow: 0,
  };
}
