import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { ReportModel } from '../report-model.ts';
import { analyse } from './analyse.ts';
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
  };
}
