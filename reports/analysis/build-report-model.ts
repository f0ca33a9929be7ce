import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import type { ReportModel } from '../report-model.ts';
import { analyse } from './analyse.ts';
import { summarise } from './summarise.ts';
import { timeline } from './timeline.ts';

/**
 * From a run folder in memory to everything that a renderer may show. Pure: the same folder gives the same
 * report, next month too. Works on any folder that the schemas allow, also on one without a single slice;
 * what cannot be said is left out and warned of.
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
    timeline: timeline(run.plan, analysis.slices),
    distributions: analysis.figures.flatMap(({ distribution }) => distribution ?? []),
  };
}
