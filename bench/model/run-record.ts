import type { Run } from './run.ts';
import type { Summary } from './summary.ts';

/** A run as those see it who look at several: what was planned, where, and what it found. */
export interface RunRecord {
  /** The run folder. */
  readonly folder: string;
  readonly run: Run;
  readonly summary: Summary;
}
