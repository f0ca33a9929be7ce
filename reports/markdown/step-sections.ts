import { formatValue } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { stateMarks, stateWords } from '../first-screen/cells.ts';
import type { ReportModel } from '../report-model.ts';
import { stairCosts, stepState } from '../words/mark-words.ts';
import { layerWords, stairsOf } from '../words/step-words.ts';
import { folded, type MarkdownTable, type Section, tableSection } from './section.ts';
import { text } from './text.ts';

/**
 * What each layer adds to the one before it.
 * @param isFolded where the run is about something else.
 */
export function stepSections({ run, summary }: ReportModel, isFolded: boolean): readonly Section[] {
  const { engine } = run.environment;
  return stairsOf(summary.steps ?? []).flatMap((steps): readonly Section[] => {
    const [first] = steps;
    if (first === undefined) return [];
    const { unit, label } = metric(first.metric);
    const costs = stairCosts(steps);
    const what = `What each layer adds: ${spokenName(first.server)}, ${readerWords[first.profile].reader}, ${label}`;
    const table: MarkdownTable = {
      head: ['layer', 'in all', 'added [interval]', ''],
      align: ['-', '-:', '-:', '-'],
      rows: [
        [text(layerWords(first.from, engine)), formatValue(first.fromValue, unit), '', ''],
        ...steps.map((step, index) => [
          text(layerWords(step.to, engine)),
          formatValue(step.toValue, unit),
          text(costs[index] ?? ''),
          `${stateMarks[stepState(step)]} ${stateWords[stepState(step)]}`,
        ]),
      ],
    };
    const section = { what, file: 'summary.json' } as const;
    return [isFolded ? folded(section, table) : tableSection(section, table, `**${what}**`)];
  });
}
