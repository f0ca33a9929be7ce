import type { OverheadExplanation } from '../../bench/model/explanation.ts';
import {
  formatNumber,
  formatPercent,
  formatPValue,
  formatRatioInterval,
  formatRatioRange,
  formatValue,
  formatValueInterval,
} from '../format.ts';
import { changeWords, detectableWords } from '../overhead-words.ts';
import { estimatorLines, leftOutLines, roundLines } from './paired-text.ts';

const sides = ['baseline', 'contender'] as const;

/** An overhead from its slices to its verdict. */
export function renderOverhead(explanation: OverheadExplanation): string {
  const { overhead, estimator, decision } = explanation;
  const { absoluteDifference: difference } = overhead;
  const { equivalence } = decision;
  return [
    explanation.figure,
    explanation.question,
    '',
    `${changeWords(overhead, estimator.wanted)}, ratio ${formatRatioInterval(overhead.ratio, overhead.low, overhead.high)}: ${overhead.verdict}`,
    '',
    '1. Rounds',
    ...roundLines(explanation, overhead.unit, sides),
    '',
    '2. Estimate and interval',
    ...estimatorLines(explanation),
    `   ratio ${formatRatioInterval(overhead.ratio, overhead.low, overhead.high)}`,
    `   difference, over slices: ${formatValueInterval(difference.value, difference.low, difference.high, overhead.unit)}`,
    `   values beside it: medians over rounds, ${formatValue(overhead.baselineValue, overhead.unit)} and ${formatValue(overhead.contenderValue, overhead.unit)}`,
    '',
    '3. Verdict',
    `   margin ±${formatPercent(decision.margin)}; p of no difference ${formatPValue(decision.pNoDifference)}, of a ratio within the margin ${formatPValue(decision.pWithinMargin)}`,
    ...(decision.correction === undefined
      ? []
      : [
          `   Holm over ${decision.correction.comparisons} ${decision.correction.of}: ${formatPValue(decision.correction.pNoDifference)} and ${formatPValue(decision.correction.pWithinMargin)}`,
        ]),
    `   ${formatPercent(2 * estimator.wanted - 1)} interval: ${formatRatioRange(equivalence.low, equivalence.high)}`,
    ...decision.steps.map((step) => `   - ${step}`),
    '',
    '4. What could have been shown',
    `   ${detectableLine(explanation)}`,
    ...(overhead.spread === undefined
      ? []
      : [
          `   spread of the rounds ${formatPercent(overhead.spread.ofRounds)}: ${formatPercent(overhead.spread.between)} between deployments, ${formatPercent(overhead.spread.within)} within rounds`,
        ]),
    '',
    '5. Slices left out',
    ...leftOutLines(explanation, sides),
    '',
    `Formulas and sources: ${explanation.method}`,
    '',
  ].join('\n');
}

function detectableLine({ detectable, overhead }: OverheadExplanation): string {
  if (detectable === undefined) {
    return `${detectableWords(overhead)}: there is no twin, its rounds do not vary, or the rounds are too few to show anything`;
  }
  const { change, multiple, spread, rounds } = detectable;
  return (
    `detectable with 80 % power: exp(${formatNumber(multiple, 3)} × ${formatNumber(spread, 4)} / √${rounds}) − 1 = ` +
    `${formatPercent(change)}; ${formatNumber(spread, 4)} is the spread of the twin's rounds`
  );
}
