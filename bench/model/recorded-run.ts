import type { Evidence } from './evidence.ts';
import type { Run } from './run.ts';
import type { Slice } from './slice.ts';
import type { Warning } from './summary.ts';

/** A run folder in memory: all that the analysis sees. */
export interface RecordedRun {
  readonly run: Run;
  readonly slices: readonly Slice[];
  readonly evidence: readonly Evidence[];
  /** What was wrong with the folder itself, e.g. a truncated last line. */
  readonly warnings: readonly Warning[];
}
