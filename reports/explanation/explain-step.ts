import { formatDifference } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { estimatedFields } from '../analysis/estimate.ts';
import type { AnalysedStep } from '../analysis/waterfall.ts';
import { layerWords } from '../words/step-words.ts';
import { pairedSteps } from './explain-paired.ts';
import {
  type ExplainedFigure,
  explainedFigure,
  step as explanationStep,
  type Reported,
} from './explained.ts';
import { metricOf } from './figure-names.ts';

/** The cost that each layer of the waterfall adds to the one before it. A step is named by the added layer. */
export function stepFigures(reported: Reported): readonly ExplainedFigure[] {
  return reported.analysis.steps.map((it) => stepFigure(reported, it));
}

type Numbers = Pick<
  AnalysedStep['step'],
  'difference' | 'differenceLow' | 'differenceHigh' | 'ratio' | 'ratioLow' | 'ratioHigh'
>;

function numbersOf({ difference, differenceLow, differenceHigh, ratio, ratioLow, ratioHigh }: Numbers) {
  return {
    ...{ difference, difference_low: differenceLow, difference_high: differenceHigh },
    ...{ ratio, ratio_low: ratioLow, ratio_high: ratioHigh },
  };
}

function stepFigure(
  { recorded: { run }, analysis: { statistics } }: Reported,
  { step, from, to, estimate }: AnalysedStep,
): ExplainedFigure {
  const { server, profile, difference, differenceLow, differenceHigh } = step;
  const { engine } = run.environment;
  const figure = {
    figure: ['step', server, profile, step.to, step.metric].join(':'),
    kind: 'step' as const,
    shown: formatDifference(difference, differenceLow, differenceHigh, metric(step.metric).unit),
    reported: numbersOf(step),
    declared: run.plan.profiles.some((it) => it.name === profile && it.declaredMetric === step.metric),
  };
  return explainedFigure(figure, () => ({
    question:
      `${metricOf(step.metric, server, profile, run.plan)}: what ${step.to} (${layerWords(step.to, engine)}) ` +
      `adds to ${step.from} (${layerWords(step.from, engine)})`,
    reported: numbersOf(estimatedFields(estimate)),
    steps: [
      ...pairedSteps(
        estimate,
        { baseline: { name: step.from, figures: from }, contender: { name: step.to, figures: to } },
        statistics,
      ),
      explanationStep('Verdict', [
        'None: the interval is of this step by itself, not corrected for the number of steps.',
      ]),
    ],
  }));
}
