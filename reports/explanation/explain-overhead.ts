import type { Explanation } from '../../bench/model/explanation.ts';
import { metric } from '../../bench/model/metric.ts';
import type { ComparisonGroup } from '../analysis/comparison-group.ts';
import type { Statistics } from '../analysis/estimate.ts';
import type { AnalysedOverhead } from '../analysis/overheads.ts';
import { formatPercent, formatRatioInterval, formatRatioRange } from '../format.ts';
import { explainPaired } from './explain-paired.ts';
import type { ExplainedFigure, Reported } from './explained.ts';
import { against, metricOf, overheadName } from './figure-names.ts';

/** Contenders and twins against their baselines, those on the declared metrics first. */
export function overheadFigures(reported: Reported): readonly ExplainedFigure[] {
  const { groups } = reported.analysis;
  const all = [
    ...groups.flatMap(({ group, overheads }) =>
      overheads.map((it) => overheadFigure(reported, group, it, 'contender')),
    ),
    ...groups.flatMap(({ group, twin }) => twin.map((it) => overheadFigure(reported, group, it, 'twin'))),
  ];
  return [...all.filter(({ primary }) => primary), ...all.filter(({ primary }) => !primary)];
}

function overheadFigure(
  { recorded: { run }, analysis: { statistics } }: Reported,
  group: ComparisonGroup,
  analysed: AnalysedOverhead,
  role: 'contender' | 'twin',
): ExplainedFigure {
  const { overhead } = analysed;
  const { server, profile, path, baseline, ratio, low, high } = overhead;
  const head = {
    figure: overheadName(overhead, role, run.plan),
    kind: role === 'twin' ? ('twin' as const) : ('overhead' as const),
    shown: formatRatioInterval(ratio, low, high),
    reported: { ratio, low, high },
  };
  const compared = against(role === 'twin' ? 'its identical twin' : path, baseline);
  const question = `${metricOf(overhead.metric, server, profile, run.plan)}: ${compared}`;
  return {
    ...head,
    primary: overhead.primary,
    explain: () => ({ ...head, question, ...explainOverhead(group, analysed, statistics) }),
  };
}

type Told = Omit<
  Extract<Explanation, { kind: 'overhead' | 'twin' }>,
  'figure' | 'kind' | 'shown' | 'reported' | 'question'
>;

function explainOverhead(
  { baseline }: ComparisonGroup,
  analysed: AnalysedOverhead,
  statistics: Statistics,
): Told {
  const { overhead, basis } = analysed;
  const { contender, estimate, correction, detectable } = basis;
  const { confidence, low, high } = estimate.equivalenceInterval;
  return {
    overhead,
    ...explainPaired(estimate, baseline, contender, statistics),
    decision: {
      margin: metric(overhead.metric).margin,
      pNoDifference: estimate.pNoDifference,
      pWithinMargin: estimate.pWithinMargin,
      equivalence: { confidence, low, high },
      ...(correction === undefined ? {} : { correction: { method: 'Holm' as const, ...correction } }),
      steps: [...stepsOf(analysed, statistics.confidence)],
    },
    ...(detectable === undefined ? {} : { detectable }),
  };
}

function stepsOf({ overhead, basis }: AnalysedOverhead, confidence: number): readonly string[] {
  const { margin } = metric(overhead.metric);
  const { equivalenceInterval } = basis.estimate;
  const level = formatPercent(confidence);
  return [
    `slower or faster: does the ${level} interval, ${formatRatioRange(overhead.low, overhead.high)}, lie wholly beyond ±${formatPercent(margin)}?`,
    ...(basis.correction === undefined
      ? ['the metric was not declared before the run: exploratory, without a correction']
      : basis.correction.comparisons === 1
        ? ['the metric was declared before the run, for a single comparison: nothing to correct']
        : [
            `and does it also after Holm's correction over ${basis.correction.comparisons} ${basis.correction.of}?`,
          ]),
    `equivalent: does the ${formatPercent(2 * confidence - 1)} interval, ${formatRatioRange(equivalenceInterval.low, equivalenceInterval.high)}, lie inside ±${formatPercent(margin)}?`,
    `${overhead.verdict}: ${overhead.verdictReason}`,
  ];
}
