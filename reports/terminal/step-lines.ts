import { formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { stateMarks } from '../first-screen/cells.ts';
import type { ReportModel } from '../report-model.ts';
import { legendOf, stairCosts, stepState } from '../words/mark-words.ts';
import { layerWords, stairsOf } from '../words/step-words.ts';
import { cell, heads, type Line, paragraph, type Row, tableLines } from './layout.ts';

/** What each layer adds to the one before it. */
export function stepLines({ run, summary }: ReportModel, width: number): readonly Line[] {
  const stairs = stairsOf(summary.steps ?? []);
  const states = stairs.flat().map((step) => stepState(step));
  return [
    ...stairs.flatMap((steps, stair) => {
      const [first] = steps;
      if (first === undefined) return [];
      const { engine } = run.environment;
      const costs = stairCosts(steps);
      const rows: readonly Row[] = [
        [
          cell(layerWords(first.from, engine)),
          { ...cell(formatValue(first.fromValue, metric(first.metric).unit)), indent: '  ' },
        ],
        ...steps.map((step, index): Row => {
          const state = stepState(step);
          return [
            cell(layerWords(step.to, engine)),
            {
              ...cell(`${stateMarks[state]} ${costs[index] ?? ''}`, state === 'open' ? 'dim' : 'plain'),
              hanging: '  ',
            },
          ];
        }),
      ];
      const title =
        `${spokenName(first.server)}, ${readerWords[first.profile].reader}: what each layer adds to the one before it ` +
        `(${metric(first.metric).label})`;
      return [
        ...(stair === 0 ? [] : [[]]),
        ...paragraph(title, width, 'bold'),
        ...tableLines({ head: heads(['']), rows, align: 'left', wraps: true }, width),
      ];
    }),
    ...(states.length === 0 ? [] : paragraph(legendOf(states).join(' · '), width, 'dim')),
  ];
}
