import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { Slice } from '../../bench/model/slice.ts';
import { comparisonGroups } from './comparison-group.ts';
import { type Statistics, statisticsOf } from './estimate.ts';
import { judgeByOfferedRate } from './offered-rate.ts';
import { type AnalysedGroup, analyseGroups } from './overheads.ts';
import { judgeByEvidence } from './path-evidence.ts';
import { type RecordedCase, recordedCases } from './recorded-cases.ts';
import { type CaseFigures, type GroupFigures, groupFigures } from './round-figures.ts';
import { type Foreign, foreignOf } from './trust.ts';
import { type AnalysedStep, waterfallSteps } from './waterfall.ts';

/**
 * All results computed from a run folder, before they are put into words. Each keeps the data it was computed
 * from.
 */
export interface Analysis {
  /** In the order of measurement, judged by the evidence and by the rate that their rounds had. */
  readonly slices: readonly Slice[];
  readonly cases: readonly RecordedCase[];
  /** The figures of the cases that belong to a comparison, which are all planned cases. */
  readonly figures: readonly CaseFigures[];
  readonly groups: readonly AnalysedGroup[];
  readonly steps: readonly AnalysedStep[];
  readonly foreign?: Foreign;
  readonly statistics: Statistics;
}

export function analyse({ run, slices: recorded, evidence }: RecordedRun): Analysis {
  const slices = judgeByOfferedRate(judgeByEvidence(recorded, evidence));
  const cases = recordedCases(run.plan, slices);
  const statistics = statisticsOf(run.plan);
  const figures = comparisonGroups(run.plan, cases).map(groupFigures);
  const foreign = foreignOf(run, figures);
  const groups = analyseGroups(figures, statistics, foreign);
  const steps = waterfallSteps(run.plan, figures, statistics);
  const found = { slices, cases, figures: figures.flatMap(membersOf), groups, steps, statistics };
  return foreign === undefined ? found : { ...found, foreign };
}

function membersOf({ baseline, twin, contenders }: GroupFigures): readonly CaseFigures[] {
  return [baseline, ...(twin === undefined ? [] : [twin]), ...contenders];
}
