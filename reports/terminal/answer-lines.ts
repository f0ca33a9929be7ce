import type { TextStyle } from '../../bench/model/styled-text.ts';
import { type AnswerTable, answerTables, questionHead, questionsOf, samePathWords } from '../answer-table.ts';
import { type AnswerCell, type CellState, stateMarks } from '../first-screen/cells.ts';
import type { ReportModel } from '../report-model.ts';
import { legendOf, shortUnits } from '../words/mark-words.ts';
import { type Cell, cell, heads, type Line, paragraph, type Row, tableLines } from './layout.ts';

/** A colour repeats what mark and words say. */
export const stateStyles = {
  worse: 'red',
  better: 'green',
  equal: 'plain',
  open: 'dim',
  untrusted: 'yellow',
  unmeasured: 'dim',
} as const satisfies Record<CellState, TextStyle>;

/**
 * The main results: a row a mode, a column a question, and what the marks say.
 * ```
 *                one request          CPU a request        capacity
 * nginx, host      96.8 µs              31.2 µs              42,400/s
 *   bridge       ! +17.6 µs, +18 %    ! +11.6 µs, +37 %    ! −11,670/s, −28 %
 *                  [+16.9, +18.1]       [+11.0, +12.2]       [−12,430, −10,820]
 * ```
 * @param withTwins the noise check as a row.
 */
export function answerLines(model: ReportModel, withTwins: boolean, width: number): readonly Line[] {
  const tables = answerTables(model, withTwins);
  const severalClients = new Set(tables.map(({ client }) => client)).size > 1;
  const rows = tables.flatMap((table): readonly Row[] => [
    ...(severalClients ? [{ across: table.client }] : []),
    ...answerRows(table),
  ]);
  const questions = questionsOf(model).map(questionHead);
  const head = heads(questions, beforeValue);
  const cells = tables.flatMap((table) => table.rows.flatMap((row) => row.cells));
  return [
    ...tableLines({ head, rows, align: 'left', wraps: true }, width),
    ...legendLines(cells, width),
    ...samePathWords(tables).flatMap((it) => paragraph(it, width, 'dim')),
  ];
}

/** Below a table: what its marks say. */
export function legendLines(cells: readonly (AnswerCell | undefined)[], width: number): readonly Line[] {
  const legend = legendOf(cells.flatMap((it) => (it === undefined ? [] : [it.state])));
  return legend.length === 0 ? [] : paragraph(legend.join(' · '), width, 'dim');
}

/** As wide as a mark: values and intervals stand below the figures, not below the marks. */
const beforeValue = '  ';

function answerRows({ baseline, rows }: AnswerTable): readonly Row[] {
  return [
    [
      cell(baseline.label),
      ...baseline.values.map((it) => ({ ...cell(shortUnits(it ?? '')), indent: beforeValue })),
    ],
    ...rows.map((row): Row => [{ ...cell(row.label), indent: '  ' }, ...row.cells.map(answerText)]),
  ];
}

function answerText(it: AnswerCell | undefined): Cell {
  if (it === undefined) return cell('');
  const { state, change, percent, interval, note } = it;
  const mark = stateMarks[state];
  const style = stateStyles[state];
  if (state === 'unmeasured') return cell(`${mark} not measured`, style);
  const figure = [change, percent].filter(isTold).join(', ');
  const more = [interval, note].filter(isTold);
  return { ...cell(`${mark} ${shortUnits(figure)}`, style, more), hanging: beforeValue };
}

function isTold(text: string | undefined): text is string {
  return text !== undefined;
}
