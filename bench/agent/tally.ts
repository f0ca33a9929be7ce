import { emptyHistogram, type LatencyHistogram } from '../model/histogram.ts';
import type { Faults } from '../model/slice.ts';

/** What one slice has counted so far. Every connection of the slice writes into the same tally. */
export interface Tally {
  /** Whether the measured window is open: only then do responses count as requests. */
  measuring: boolean;
  requests: number;
  bytes: number;
  totalRequests: number;
  totalConnections: number;
  readonly faults: { -readonly [K in keyof Faults]: Faults[K] };
  readonly histogram: LatencyHistogram;
  /** Part of the counted latencies that lies before the window opened, milliseconds. */
  edgeMs: number;
  /** Connections that broke in a row, without one good response between them. */
  brokenInARow: number;
}

export function newTally(): Tally {
  return {
    measuring: false,
    requests: 0,
    bytes: 0,
    totalRequests: 0,
    totalConnections: 0,
    faults: { errors: 0, timeouts: 0, non2xx: 0, mismatches: 0, lostOnReconnect: 0 },
    histogram: emptyHistogram(),
    edgeMs: 0,
    brokenInARow: 0,
  };
}
