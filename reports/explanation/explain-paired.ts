import type { ExplanationStep } from '../../bench/model/explanation.ts';
import { formatCount } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { type Estimate, estimatedFields, type Statistics } from '../analysis/estimate.ts';
import { metricValues } from '../analysis/metric-values.ts';
import type { CaseFigures } from '../analysis/round-figures.ts';
import { signedRankIntervalRank } from '../statistics/signed-rank.ts';
import { formulaText } from '../words/formulas.ts';
import { count, quantity, ratio, row, step } from './explained.ts';
import { partsOf, sliceParts } from './round-parts.ts';

interface Sides {
  readonly baseline: { readonly name: string; readonly figures: CaseFigures };
  readonly contender: { readonly name: string; readonly figures: CaseFigures };
}

/** From the slices of two cases to ratio, interval and difference: what an overhead and a step have in common. */
export function pairedSteps(estimate: Estimate, sides: Sides, statistics: Statistics): ExplanationStep[] {
  return [roundsStep(estimate, sides), ...estimateSteps(estimate, statistics)];
}

function roundsStep({ metric: name, rounds }: Estimate, { baseline, contender }: Sides): ExplanationStep {
  const { unit, minResponses } = metric(name);
  const needs =
    minResponses > 1 ? [`It is shown where every round has ${formatCount(minResponses)} responses.`] : [];
  return step(
    'Rounds: totals over the blocks that count',
    [formulaText(metricValues[name].formula), formulaText('logRatio'), ...needs],
    rounds.flatMap((pair) => [
      row(`round ${pair.round}`, { ratio: ratio(Math.exp(pair.logRatio)), y: ratio(pair.logRatio) }),
      ...[
        { ...baseline, of: pair.baseline, value: pair.baselineValue },
        { ...contender, of: pair.contender, value: pair.contenderValue },
      ].map(({ name: side, figures, of, value }) =>
        row(
          `  ${side}`,
          { '': quantity(value, unit), ...partsOf(of, name) },
          { slices: sliceParts(figures.recorded, of, name) },
        ),
      ),
    ]),
  );
}

function estimateSteps(estimate: Estimate, { confidence, cumulativeOf }: Statistics): ExplanationStep[] {
  const n = estimate.rounds.length;
  const { unit } = metric(estimate.metric);
  const fields = estimatedFields(estimate);
  const { baselineValue, interval } = estimate;
  return [
    step(
      'Ratio and interval',
      [formulaText('ratio'), formulaText('interval')],
      [
        row('rounds', { '': count(n), 'Walsh averages': count((n * (n + 1)) / 2) }),
        row('interval', {
          k: count(signedRankIntervalRank(cumulativeOf(n), confidence)),
          wanted: quantity(confidence, 'share'),
          reached: quantity(interval.confidence, 'share'),
        }),
        row('ratio', { '': ratio(estimate.ratio), low: ratio(interval.low), high: ratio(interval.high) }),
      ],
    ),
    step(
      'Values and difference',
      [formulaText('values'), formulaText('difference')],
      [
        row('baseline value', { '': quantity(baselineValue, unit) }),
        row('contender value', { '': quantity(baselineValue * estimate.ratio, unit) }),
        row('difference', {
          '': quantity(fields.difference, unit),
          low: quantity(fields.differenceLow, unit),
          high: quantity(fields.differenceHigh, unit),
        }),
      ],
    ),
  ];
}
