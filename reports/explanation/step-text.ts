import type { StepExplanation } from '../../bench/model/explanation.ts';
import { formatRatioInterval, formatValue, formatValueInterval } from '../format.ts';
import { isShown } from '../step-words.ts';
import { estimatorLines, leftOutLines, roundLines } from './paired-text.ts';

const sides = ['before', 'added'] as const;

/** A step of the waterfall from its slices to its interval. */
export function renderStep(explanation: StepExplanation): string {
  const { step, shown } = explanation;
  const { difference, unit } = step;
  return [
    explanation.figure,
    explanation.question,
    '',
    `${shown}${isShown(step) ? '' : ' ~: the interval includes 0'}`,
    '',
    '1. Rounds, the two layers as baseline and contender',
    ...roundLines(explanation, unit, sides),
    '',
    '2. Estimate and interval',
    ...estimatorLines(explanation),
    `   ratio ${formatRatioInterval(step.ratio, step.low, step.high)}`,
    '   The difference in the same way: of each round the Hodges–Lehmann median over its blocks of added − before, of the run the median',
    `   of the Walsh averages: ${formatValueInterval(difference.value, difference.low, difference.high, unit)}`,
    `   values beside it: medians over rounds, ${formatValue(step.fromValue, unit)} and ${formatValue(step.toValue, unit)}`,
    '   The interval is of this step by itself, not corrected for the number of steps.',
    '',
    '3. Slices left out',
    ...leftOutLines(explanation, sides),
    '',
    `Formulas and sources: ${explanation.method}`,
    '',
  ].join('\n');
}
