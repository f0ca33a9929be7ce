import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { Slice } from '../../bench/model/slice.ts';
import { type ComparisonGroup, comparisonGroups } from './comparison-group.ts';
import { type Statistics, statisticsAt } from './estimate.ts';
import { type AnalysedGroup, analyseGroups } from './overheads.ts';
import { judgeByEvidence } from './path-evidence.ts';
import { type PooledBefore, type PooledLatencies, poolLatencies } from './pooled-latencies.ts';
import { type RecordedCase, recordedCases } from './recorded-cases.ts';
import { type SpreadAdvice, spreadAdvice } from './spread.ts';
import { type SteadyStateTests, testSteadyState } from './steady-state.ts';
import { type AnalysedStep, waterfallSteps } from './waterfall.ts';

/** All that follows from a run folder, before it is put into words; each with what it was computed from. */
export interface Analysis {
  /** In the order of measurement, judged by the evidence. */
  readonly slices: readonly Slice[];
  readonly cases: readonly RecordedCase[];
  readonly latencies: PooledLatencies;
  readonly compared: readonly ComparisonGroup[];
  readonly groups: readonly AnalysedGroup[];
  readonly steps: readonly AnalysedStep[];
  readonly steady: SteadyStateTests;
  /** Absent where too little was measured to tell. */
  readonly spread?: SpreadAdvice;
  readonly statistics: Statistics;
}

/** @param pooled histograms that were pooled while the folder was read. */
export function analyse({ run, slices: recorded, evidence }: RecordedRun, pooled?: PooledBefore): Analysis {
  const slices = judgeByEvidence(recorded, evidence);
  const cases = recordedCases(run.plan, slices);
  const latencies = poolLatencies(cases, pooled);
  const compared = comparisonGroups(run.plan, cases);
  const statistics = statisticsAt(run.plan.confidence);
  const groups = analyseGroups(compared, latencies, statistics);
  const steps = waterfallSteps(run.plan, cases, latencies, statistics);
  const steady = testSteadyState(compared);
  const spread = spreadAdvice(run.plan, slices, groups);
  const found = { slices, cases, latencies, compared, groups, steps, steady, statistics };
  return spread === undefined ? found : { ...found, spread };
}
