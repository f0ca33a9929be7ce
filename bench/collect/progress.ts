import type { Slice } from '../model/slice.ts';

/** Where a run is. Events come between slices only: nothing is drawn while one is measured. */
export type ProgressEvent =
  | { readonly kind: 'deploying'; readonly round: number; readonly rounds: number }
  | { readonly kind: 'warm-up'; readonly round: number; readonly rounds: number; readonly blocks: number }
  | {
      readonly kind: 'block';
      readonly round: number;
      readonly rounds: number;
      readonly block: number;
      readonly blocks: number;
    }
  | {
      readonly kind: 'slice';
      readonly round: number;
      readonly rounds: number;
      readonly block: number;
      readonly blocks: number;
      readonly status: Slice['status'];
    };

export type Progress = (event: ProgressEvent) => void;
