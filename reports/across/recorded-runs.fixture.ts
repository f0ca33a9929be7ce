import type { RunRecord } from '../../bench/model/run-record.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import { type SyntheticOptions, syntheticRun } from '../synthetic-run.fixture.ts';

export interface RecordOptions extends Partial<SyntheticOptions> {
  readonly environment?: Partial<RunRecord['run']['environment']>;
  readonly plan?: Partial<RunRecord['run']['plan']>;
}

/** A run of the n-th night, made from a known truth, as it is read back. */
export function recordOf(
  night: number,
  { environment = {}, plan = {}, ...options }: RecordOptions = {},
): RunRecord {
  const recorded = syntheticRun({ seed: night, rounds: 10, blocks: 1, ...options });
  const day = String(night).padStart(2, '0');
  const run = {
    ...recorded.run,
    runId: `202611${day}T020000Z-run${night % 10}`,
    startedAt: `2026-11-${day}T02:00:00.000Z`,
    plan: { ...recorded.run.plan, ...plan },
    environment: { ...recorded.run.environment, ...environment },
  };
  const { summary } = buildReportModel({ ...recorded, run });
  return { folder: `results/${run.runId}`, run, summary };
}
