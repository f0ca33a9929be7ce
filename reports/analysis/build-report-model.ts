import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { InnerInterval, ReportModel } from '../report-model.ts';
import { analyse } from './analyse.ts';
import type { AnalysedOverhead } from './overheads.ts';
import { summarise } from './summarise.ts';
import { timeline } from './timeline.ts';

/**
 * Computes everything that a renderer may show from a run folder in memory. The function is pure: the same
 * folder gives the same report, next month too. It works on any folder that the schemas allow, even on one
 * without a single slice. Figures that cannot be computed are left out and reported in a warning.
 *
 *   slices → judged by evidence → cases → groups → round figures → estimates → trust → verdicts → sentences
 */
export function buildReportModel(recorded: RecordedRun): ReportModel {
  const { run, evidence } = recorded;
  const analysis = analyse(recorded);
  return {
    run,
    summary: summarise(recorded, analysis),
    evidence,
    timeline: timeline(run.plan, analysis.slices, analysis.figures),
    distributions: analysis.figures.flatMap(({ distribution }) => distribution ?? []),
    innerIntervals: analysis.groups.flatMap(({ overheads, twin }) =>
      [...overheads, ...twin].flatMap(innerInterval),
    ),
  };
}

function innerInterval({ overhead, estimate }: AnalysedOverhead): readonly InnerInterval[] {
  if (!overhead.declared || estimate === undefined || !estimate.equivalenceInterval.reachesLevel) return [];
  const { server, profile, path, baseline } = overhead;
  const { low, high } = estimate.equivalenceInterval;
  return [{ server, profile, path, baseline, low, high }];
}
