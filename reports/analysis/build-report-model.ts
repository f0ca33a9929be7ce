import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { schemaVersion } from '../../bench/model/run.ts';
import type { Summary } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { analyse } from './analyse.ts';
import { caseSummary, leftOut } from './case-summaries.ts';
import { headlines } from './headline.ts';
import { ruleSummaries } from './rule-summaries.ts';
import { runSpread } from './spread.ts';
import { steadyState } from './steady-state.ts';
import { timeline } from './timeline.ts';
import { analysisWarnings } from './warnings.ts';
import { waterfallSteps } from './waterfall.ts';

/**
 * From a run folder in memory to everything that a renderer may show. Pure: the same folder gives the same
 * report, next month too. Works on any folder that the schemas allow, also on one without a single slice;
 * what cannot be said is left out and warned of.
 *
 *   slices → judged by evidence → cases → groups → paired rounds → estimates → trust → verdicts → sentences
 */
export function buildReportModel(recorded: RecordedRun): ReportModel {
  const { run, evidence } = recorded;
  const { slices, cases, latencies, compared, groups, statistics } = analyse(recorded);
  const steady = steadyState(compared);
  const spread = runSpread(run.plan, slices, groups);
  const steps = waterfallSteps(run.plan, cases, latencies, statistics);
  const countOf = (verdict: string) => evidence.filter((it) => it.verdict === verdict).length;
  const summary: Summary = {
    schemaVersion,
    runId: run.runId,
    state: run.state,
    environment: run.environment,
    baseline: run.plan.comparisons.map(({ baseline }) => baseline),
    headline: [...headlines(run.plan, groups)],
    overheads: groups.flatMap(({ overheads }) => overheads.map(({ overhead }) => overhead)),
    twin: groups.flatMap(({ twin }) => twin.map(({ overhead }) => overhead)),
    ...(steps.length === 0 ? {} : { steps: [...steps] }),
    cases: cases.map((it) => caseSummary(it, latencies)),
    leftOut: leftOut(cases),
    rules: [...ruleSummaries(slices)],
    ...(spread === undefined ? {} : { spread }),
    steadyState: steady,
    evidence: {
      consistent: countOf('consistent'),
      contradicted: countOf('contradicted'),
      unread: countOf('unread'),
    },
    ...(run.timing === undefined
      ? {}
      : { measuredShare: run.timing.slicesSeconds / run.timing.totalSeconds }),
    warnings: [...recorded.warnings, ...analysisWarnings({ run, cases, evidence, groups, steady })],
  };
  return {
    run,
    summary,
    evidence,
    timeline: timeline(run.plan, slices),
    distributions: latencies.distributions,
  };
}
