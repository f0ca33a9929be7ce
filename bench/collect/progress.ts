import type { Slice } from '../model/slice.ts';
import type { Warning } from '../model/warning.ts';

export interface RoundPlace {
  readonly round: number;
  readonly rounds: number;
  /** The part of the round, as shares of it. Absent: all of it. */
  readonly part?: { readonly from: number; readonly to: number };
}

interface BlockPlace extends RoundPlace {
  readonly block: number;
  readonly blocks: number;
}

/** The rates of an open load were found. Its slices are as long as they need, and so is the run. */
interface PacedRates {
  readonly kind: 'paced-rates';
  /** Requests/s, by server. */
  readonly rates: ReadonlyMap<string, number>;
  /** How long the run is expected to take with them. */
  readonly totalSeconds: number;
  /** What is known to be missing with them. */
  readonly warnings: readonly Warning[];
}

/** Where a run is. Events come between slices only: nothing is drawn while one is measured. */
export type ProgressEvent =
  | ({ readonly kind: 'deploying' } & RoundPlace)
  | ({ readonly kind: 'warm-up'; readonly blocks: number } & RoundPlace)
  | PacedRates
  | ({ readonly kind: 'block' } & BlockPlace)
  | ({ readonly kind: 'sweep'; readonly connections: number } & RoundPlace)
  | ({ readonly kind: 'slice'; readonly status: Slice['status'] } & BlockPlace);

export type Progress = (event: ProgressEvent) => void;
