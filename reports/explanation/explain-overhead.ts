import type { ExplanationRow, ExplanationStep } from '../../bench/model/explanation.ts';
import { formatPercent, formatRatioInterval, formatRatioRange } from '../../bench/model/format.ts';
import { isMeasured, type Overhead } from '../../bench/model/summary.ts';
import type { Estimate, Statistics } from '../analysis/estimate.ts';
import { type Busy, busyOf } from '../analysis/limit.ts';
import type { AnalysedOverhead } from '../analysis/overheads.ts';
import type { CaseFigures, GroupFigures } from '../analysis/round-figures.ts';
import { formulaText } from '../words/formulas.ts';
import { pairedSteps } from './explain-paired.ts';
import {
  count,
  type ExplainedFigure,
  explainedFigure,
  known,
  quantity,
  type Reported,
  ratio,
  row,
  step,
} from './explained.ts';
import { against, metricOf, overheadName } from './figure-names.ts';
import { leftOutStep } from './left-out-step.ts';

/** Contenders and twins against their baselines, those on the declared metrics first. */
export function overheadFigures(reported: Reported): readonly ExplainedFigure[] {
  const { groups } = reported.analysis;
  const all = [
    ...groups.flatMap(({ figures, overheads }) =>
      overheads.map((it) => overheadFigure(reported, figures, it, 'contender')),
    ),
    ...groups.flatMap(({ figures, twin }) => twin.map((it) => overheadFigure(reported, figures, it, 'twin'))),
  ];
  return [...all.filter(({ declared }) => declared), ...all.filter(({ declared }) => !declared)];
}

function overheadFigure(
  { recorded: { run }, analysis: { statistics } }: Reported,
  figures: GroupFigures,
  analysed: AnalysedOverhead,
  role: 'contender' | 'twin',
): ExplainedFigure {
  const { overhead, contender, estimate } = analysed;
  const { server, profile, path, baseline, declared } = overhead;
  const figure = {
    figure: overheadName(overhead, role, run.plan),
    kind: role === 'twin' ? ('twin' as const) : ('overhead' as const),
    shown: shownWords(overhead),
    reported: isMeasured(overhead) ? numbersOf(overhead) : {},
    declared,
  };
  const names = { baseline, contender: role === 'twin' ? `the twin of ${path}` : path };
  return explainedFigure(figure, () => ({
    question: `${metricOf(overhead.metric, server, profile, run.plan)}: ${against(names.contender, baseline)}`,
    reported: estimate === undefined ? {} : recomputed(estimate),
    steps: explainOverhead(figures, analysed, {
      baseline: { name: names.baseline, figures: figures.baseline },
      contender: { name: names.contender, figures: contender },
      statistics,
    }),
  }));
}

/**
 * `1.190 [1.171, 1.209], slower`. An overhead that is not declared has no verdict. One without data has no
 * numbers.
 */
function shownWords(overhead: Overhead): string {
  const { verdict } = overhead;
  const numbers = isMeasured(overhead)
    ? [formatRatioInterval(overhead.ratio, overhead.ratioLow, overhead.ratioHigh)]
    : [];
  return [...numbers, ...(verdict === undefined ? [] : [verdict])].join(', ');
}

function numbersOf({
  ratio: middle,
  ratioLow: ratio_low,
  ratioHigh: ratio_high,
}: {
  readonly ratio: number;
  readonly ratioLow: number;
  readonly ratioHigh: number;
}) {
  return { ratio: middle, ratio_low, ratio_high };
}

function recomputed({ ratio: middle, interval }: Estimate) {
  return numbersOf({ ratio: middle, ratioLow: interval.low, ratioHigh: interval.high });
}

interface Told {
  readonly baseline: { readonly name: string; readonly figures: CaseFigures };
  readonly contender: { readonly name: string; readonly figures: CaseFigures };
  readonly statistics: Statistics;
}

function explainOverhead(
  figures: GroupFigures,
  analysed: AnalysedOverhead,
  { baseline, contender, statistics }: Told,
): ExplanationStep[] {
  const { estimate } = analysed;
  return [
    ...(estimate === undefined ? [] : pairedSteps(estimate, { baseline, contender }, statistics)),
    verdictStep(analysed, [baseline, contender], statistics),
    leftOutStep(figures, [baseline, contender]),
  ];
}

/** In the order in which a verdict is decided. */
function verdictStep(
  { overhead, estimate, correction, distrust }: AnalysedOverhead,
  sides: readonly { readonly name: string; readonly figures: CaseFigures }[],
  { confidence }: Statistics,
): ExplanationStep {
  if (!overhead.declared) {
    return step('Verdict', [
      'None: the metric was not declared before the run. Its interval is not corrected for how many are shown.',
    ]);
  }
  const { verdict, reason = '' } = overhead;
  const capacity = overhead.metric === 'throughput_rps';
  return step(
    'Verdict, by what decides first',
    [
      ...(capacity ? [formulaText('busy')] : []),
      ...(estimate === undefined
        ? []
        : [formulaText('equivalence'), formulaText('pValue'), formulaText('holm')]),
    ],
    [
      row('untrusted', {}, { note: distrust === undefined ? 'no: every control holds' : distrust.reason }),
      ...(capacity ? sides.map(({ name, figures }) => busyRow(name, busyOf(figures))) : []),
      ...(estimate === undefined ? [] : estimateRows(estimate, correction, confidence)),
      row(verdict ?? 'no verdict', {}, { note: reason }),
    ],
  );
}

function busyRow(name: string, { server, agent, limit }: Busy): ExplanationRow {
  return row(
    `limit of ${name}`,
    { 'server’s CPU busy': known(server, 'share'), 'load agent’s CPU busy': known(agent, 'share') },
    { note: limit === undefined ? 'unknown: a CPU was not read' : limit },
  );
}

function estimateRows(
  { equivalenceInterval, pNoDifference, margin }: Estimate,
  correction: AnalysedOverhead['correction'],
  confidence: number,
): readonly ExplanationRow[] {
  const { low, high } = equivalenceInterval;
  const inside = low > 1 - margin && high < 1 + margin;
  return [
    row(
      'equivalent',
      { low: ratio(low), high: ratio(high), δ: quantity(margin, 'share') },
      {
        note: `the ${formatPercent(2 * confidence - 1)} interval, ${formatRatioRange(low, high)}, ${inside ? 'lies' : 'does not lie'} inside ±${formatPercent(margin)}`,
      },
    ),
    row('slower or faster', {
      p: quantity(pNoDifference, 'p'),
      ...(correction === undefined
        ? {}
        : {
            'declared comparisons': count(correction.comparisons),
            'corrected p': quantity(correction.pNoDifference, 'p'),
          }),
      α: quantity(1 - confidence, 'share'),
    }),
  ];
}
