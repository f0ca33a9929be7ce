import type { Evidence } from '../../bench/model/evidence.ts';
import { present } from '../../bench/model/present.ts';
import type { RecordedRun } from '../../bench/model/recorded-run.ts';
import { type Run, schemaVersion } from '../../bench/model/run.ts';
import type { Summary } from '../../bench/model/summary.ts';
import { adviceOf } from './advice.ts';
import type { Analysis } from './analyse.ts';
import { besideRequests } from './beside-requests.ts';
import { caseSummary } from './case-summaries.ts';
import { groupBlocks } from './counted-blocks.ts';
import { headlines } from './headline.ts';
import { kernelDifferences } from './kernel-differences.ts';
import { leftOut } from './left-out.ts';
import { ruleSummaries } from './rule-summaries.ts';
import { sliceStarts } from './slice-starts.ts';
import { sweptPaths } from './swept-paths.ts';
import { analysisWarnings } from './warnings.ts';

/** The results of a run as the report shows them. */
export function summarise(recorded: RecordedRun, analysis: Analysis): Summary {
  const { run, evidence } = recorded;
  const { slices, cases, figures, groups, steps, foreign, statistics } = analysis;
  const starts = sliceStarts(
    groups.map((it) => it.figures),
    statistics,
  );
  const summaries = figures.map(caseSummary);
  const share = measuredShare(run);
  const advice = adviceOf(groups);
  const kernel = kernelDifferences(run.plan, evidence);
  const beside = besideRequests(run.plan, evidence, statistics);
  const sweep = sweptPaths(run.plan, evidence, statistics);
  return {
    schemaVersion,
    runId: run.runId,
    state: run.state,
    environment: run.environment,
    baseline: run.plan.comparisons.map(({ baseline }) => baseline),
    headline: [...headlines(run, groups, summaries)],
    overheads: groups.flatMap(({ overheads }) => overheads.map(({ overhead }) => overhead)),
    twin: groups.flatMap(({ twin }) => twin.map(({ overhead }) => overhead)),
    ...(steps.length === 0 ? {} : { steps: steps.map(({ step }) => step) }),
    cases: summaries,
    notShown: groups.flatMap((it) =>
      it.notShown.map(
        ({
          contender: {
            recorded: { case: subject },
          },
          metric,
          why,
        }) => {
          return { case: subject, metric, why };
        },
      ),
    ),
    leftOut: leftOut(cases),
    rules: [...ruleSummaries(slices)],
    blocks: groups.map((it) => groupBlocks(it.figures.group, it.figures.blocks)),
    ...(foreign === undefined ? {} : { foreign: { ...foreign, processes: [...foreign.processes] } }),
    ...present({ rates: run.rates, pacedRates: run.pacedRates, jitter: run.jitter }),
    sliceStarts: [...starts],
    ...present({ advice }),
    evidence: {
      consistent: evidenceOf(evidence, 'consistent').length,
      contradicted: evidenceOf(evidence, 'contradicted').length,
      unread: evidenceOf(evidence, 'unread').length,
    },
    ...(beside.length === 0 ? {} : { besideRequests: [...beside] }),
    ...(sweep.length === 0 ? {} : { sweep: [...sweep] }),
    ...(kernel.length === 0 ? {} : { kernel: [...kernel] }),
    ...present({ lookups: run.lookups, agentCeiling: run.agentCeiling }),
    ...present({ measuredShare: share }),
    warnings: [...recorded.warnings, ...analysisWarnings({ run, cases, evidence, analysis, starts })],
  };
}

/** Share of the run inside slices and ramps; `undefined` for a run that never ended. */
export function measuredShare({ timing }: Run): number | undefined {
  return timing && timing.slicesSeconds / timing.totalSeconds;
}

/** The deployments, round by round, whose evidence came to a verdict. */
export function evidenceOf(evidence: readonly Evidence[], verdict: Evidence['verdict']): readonly Evidence[] {
  return evidence.filter((it) => it.verdict === verdict);
}
