import type { Evidence } from './evidence.ts';
import type { Run } from './run.ts';
import type { Slice } from './slice.ts';
import type { Warning } from './warning.ts';

/** A run folder in memory: the only input of the analysis. */
export interface RecordedRun {
  readonly run: Run;
  readonly slices: readonly Slice[];
  readonly evidence: readonly Evidence[];
  /** Problems of the folder itself, e.g. a truncated last line. */
  readonly warnings: readonly Warning[];
}
