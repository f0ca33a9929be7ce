import { formatChangeInterval, pValueWords } from '../../bench/model/format.ts';
import { analysedStarts } from '../analysis/slice-starts.ts';
import { formulaText } from '../words/formulas.ts';
import {
  type ExplainedFigure,
  explainedFigure,
  quantity,
  type Reported,
  ratio,
  row,
  step,
} from './explained.ts';
import { against, loadWords, pathName } from './figure-names.ts';

/** Whether slices begin at the rate at which they continue, for each declared comparison of a closed loop. */
export function sliceStartFigures({
  recorded: { run },
  analysis: { groups, statistics },
}: Reported): readonly ExplainedFigure[] {
  const figures = groups.map((it) => it.figures);
  return analysedStarts(figures, statistics).map(({ start, rounds }): ExplainedFigure => {
    const { server, profile, path, baseline, pValue } = start;
    const reported = {
      ratio: start.ratio,
      ratio_low: start.ratioLow,
      ratio_high: start.ratioHigh,
      p_value: pValue,
    };
    const figure = {
      figure: ['slice-start', server, profile, pathName(start, run.plan)].join(':'),
      kind: 'slice-start' as const,
      shown: `${formatChangeInterval(start)}, ${pValueWords(pValue)}`,
      reported,
      declared: true,
    };
    return explainedFigure(figure, () => ({
      question: `The ratio in the first two turns of the slices over that in the others: ${loadWords(server, profile, run.plan)}, ${against(path, baseline)}`,
      reported,
      steps: [
        step(
          'Rounds',
          [formulaText('sliceStart')],
          rounds.map((it) =>
            row(`round ${it.round}`, {
              '': ratio(Math.exp(it.contender - it.baseline)),
              baseline: ratio(Math.exp(it.baseline)),
              contender: ratio(Math.exp(it.contender)),
            }),
          ),
        ),
        step(
          'Ratio, interval and p',
          [formulaText('ratio'), formulaText('interval'), formulaText('holm')],
          [
            row('ratio', {
              '': ratio(start.ratio),
              low: ratio(start.ratioLow),
              high: ratio(start.ratioHigh),
              'corrected p': quantity(pValue, 'p'),
            }),
          ],
        ),
      ],
    }));
  });
}
