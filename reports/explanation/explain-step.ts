import type { AnalysedStep } from '../analysis/waterfall.ts';
import { costWords, layerWords } from '../step-words.ts';
import { explainPaired } from './explain-paired.ts';
import type { ExplainedFigure, Reported } from './explained.ts';
import { metricOf } from './figure-names.ts';

/** What each layer of the waterfall adds to the one before it; named by the layer that is added. */
export function stepFigures(reported: Reported): readonly ExplainedFigure[] {
  return reported.analysis.steps.map((it) => stepFigure(reported, it));
}

function stepFigure(
  { recorded: { run }, analysis: { statistics } }: Reported,
  { step, from, to, estimate }: AnalysedStep,
): ExplainedFigure {
  const { server, profile, difference, ratio, low, high } = step;
  const { engine } = run.environment;
  const head = {
    figure: ['step', server, profile, step.to, step.metric].join(':'),
    kind: 'step' as const,
    shown: costWords(step),
    reported: {
      'difference.value': difference.value,
      'difference.low': difference.low,
      'difference.high': difference.high,
      ...{ ratio, low, high },
    },
  };
  const question =
    `${metricOf(step.metric, server, profile, run.plan)}: what ${step.to} (${layerWords(step.to, engine)}) ` +
    `adds to ${step.from} (${layerWords(step.from, engine)})`;
  return {
    ...head,
    primary: run.plan.profiles.some((it) => it.name === profile && it.primaryMetric === step.metric),
    explain: () => ({ ...head, question, step, ...explainPaired(estimate, from, to, statistics) }),
  };
}
