import type { Explanation, FigureList } from '../bench/model/explanation.ts';
import {
  formatCount,
  formatNumber,
  formatPercent,
  formatPValue,
  formatRatioInterval,
  formatRatioRange,
  formatValue,
  formatValueInterval,
} from './format.ts';
import { changeWords, detectableWords } from './overhead-words.ts';

/** All figures of a run, declared metrics first: what can be explained. */
export function renderFigureList({ figures }: FigureList): string {
  if (figures.length === 0) return 'This run has no comparison to explain.\n';
  const width = Math.max(...figures.map(({ figure }) => figure.length));
  const lines = figures.map(
    ({ figure, ratio, low, high }) =>
      `${figure.padEnd(width)}  ratio ${formatRatioInterval(ratio, low, high)}`,
  );
  return `${lines.join('\n')}\n`;
}

/** An explanation as text, from the slices to the verdict: every number that led to the next. */
export function renderExplanation(explanation: Explanation): string {
  const { overhead, estimator, decision } = explanation;
  const { absoluteDifference: difference } = overhead;
  const level = formatPercent(estimator.wanted);
  return [
    explanation.figure,
    explanation.question,
    '',
    `${changeWords(overhead, estimator.wanted)}, ratio ${formatRatioInterval(overhead.ratio, overhead.low, overhead.high)}: ${overhead.verdict}`,
    '',
    '1. Rounds',
    `   Of each round: ${estimator.ofRound}.`,
    ...(explanation.minResponses > 1
      ? [`   Needs ${formatCount(explanation.minResponses)} responses in every round, on either side.`]
      : []),
    ...explanation.rounds.flatMap((round) => roundLines(round, overhead.unit)),
    '',
    '2. Estimate and interval',
    `   ${estimator.ofRun}: ${overhead.rounds} rounds have ${estimator.walshAverages} averages of two, each with itself included.`,
    `   ${level} wanted: from the ${ordinal(estimator.rank)} smallest to the ${ordinal(estimator.rank)} largest average, which covers with ` +
      `${formatNumber(estimator.reached * 100, 2)} % (exact Wilcoxon signed-rank).`,
    `   ratio ${formatRatioInterval(overhead.ratio, overhead.low, overhead.high)}`,
    `   difference, the same way: ${formatValueInterval(difference.value, difference.low, difference.high, overhead.unit)}`,
    `   values beside it: medians over rounds, ${formatValue(overhead.baselineValue, overhead.unit)} and ${formatValue(overhead.contenderValue, overhead.unit)}`,
    '',
    '3. Verdict',
    `   margin ±${formatPercent(decision.margin)}; p of no difference ${formatPValue(decision.pNoDifference)}, of a ratio within the margin ${formatPValue(decision.pWithinMargin)}`,
    ...(decision.correction === undefined
      ? []
      : [
          `   Holm over ${decision.correction.comparisons} ${decision.correction.of}: ${formatPValue(decision.correction.pNoDifference)} and ${formatPValue(decision.correction.pWithinMargin)}`,
        ]),
    `   ${formatPercent(2 * estimator.wanted - 1)} interval: ${formatRatioRange(estimator.equivalence.low, estimator.equivalence.high)}`,
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
    ...(explanation.leftOut.length === 0
      ? ['   none']
      : explanation.leftOut.map(
          ({ side, round, block, status, why }) =>
            `   ${side}, round ${round}, block ${block}: ${status}: ${printable(why)}`,
        )),
    '',
    `Formulas and sources: ${explanation.method}`,
    '',
  ].join('\n');
}

function roundLines(
  { round, ratio, baselineValue, contenderValue, slices }: Explanation['rounds'][number],
  unit: Explanation['overhead']['unit'],
): readonly string[] {
  const valuesOf = (side: 'baseline' | 'contender') =>
    slices
      .filter((it) => it.side === side)
      .map(({ value, responses }) =>
        value === undefined ? `${formatCount(responses)} responses` : formatValue(value, unit),
      )
      .join(', ');
  const blocks = slices.filter(({ side }) => side === 'baseline').map(({ block }) => block);
  return [
    `   round ${round}, blocks ${blocks.join(' ')}: ratio ${formatNumber(ratio, 4)}, ${formatValue(baselineValue, unit)} and ${formatValue(contenderValue, unit)}`,
    `     baseline   ${valuesOf('baseline')}`,
    `     contender  ${valuesOf('contender')}`,
  ];
}

function detectableLine({ detectable, overhead }: Explanation): string {
  if (detectable === undefined) {
    return `${detectableWords(overhead)}: there is no twin, its rounds do not vary, or the rounds are too few to show anything`;
  }
  const { change, multiple, spread, rounds } = detectable;
  return (
    `detectable with 80 % power: exp(${formatNumber(multiple, 3)} × ${formatNumber(spread, 4)} / √${rounds}) − 1 = ` +
    `${formatPercent(change)}; ${formatNumber(spread, 4)} is the spread of the twin's rounds`
  );
}

function ordinal(rank: number): string {
  const suffixes = ['th', 'st', 'nd', 'rd'] as const;
  const teen = rank % 100 >= 11 && rank % 100 <= 13;
  return `${rank}${teen ? 'th' : (suffixes[rank % 10] ?? 'th')}`;
}

/** Messages of servers and engines may hold control characters, which a terminal would obey. */
function printable(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/\p{Cc}/gu, '');
}
