import { readerWords } from '../../bench/model/reader-words.ts';
import { spokenName } from '../../bench/model/server.ts';
import { type AnswerRow, answerTables, questionHead, questionsOf, samePathWords } from '../answer-table.ts';
import { type AnswerCell, stateMarks } from '../first-screen/cells.ts';
import type { ReportModel } from '../report-model.ts';
import { type WayRow, wayTables } from '../way-table.ts';
import { baselineWords } from '../words/baseline-words.ts';
import { legendOf, shortUnits } from '../words/mark-words.ts';
import { questionWords } from '../words/overhead-words.ts';
import { folded, type MarkdownTable, type Section, tableSection } from './section.ts';
import { text } from './text.ts';

const results = { what: 'Main results', file: 'summary.csv' } as const;

/** The main results: one row a mode, its verdicts as one mark a question in the last column. */
export function answerSections(model: ReportModel): readonly Section[] {
  const tables = answerTables(model, false);
  const cells = tables.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
  return [
    tableSection(results, answerTable(model, { rows: (it) => it.rows })),
    legendSection(cells, samePathWords(tables)),
  ];
}

/** The matrix of a run of all paths: a row a way to the server, a column a mode. */
export function waySections(model: ReportModel): readonly Section[] {
  const tables = wayTables(model);
  const cells = tables.flatMap(({ rows }) => rows.flatMap((row) => row.cells));
  return [
    ...tables.map(({ server, profile, metric: name, modes, rows }) => {
      const title =
        `**${text(spokenName(server))}, ${readerWords[profile].reader}: ${questionWords({ metric: name })}, ` +
        'change against host mode**';
      const table: MarkdownTable = {
        head: ['', 'host', ...modes],
        align: ['-', '-:', ...modes.map(() => '-:' as const)],
        rows: rows.map((row) => [
          wayLabel(row),
          text(shortUnits(row.baseline ?? '')),
          ...row.cells.map(wayText),
        ]),
      };
      return tableSection(results, table, title);
    }),
    legendSection(cells, []),
  ];
}

/** What a table has no room for: the absolute figures of a matrix, and the noise check. */
export function foldedAnswers(model: ReportModel, isMatrix: boolean): Section {
  const what = isMatrix
    ? 'Main results: absolute change and interval'
    : `Noise check: a ${baselineWords(model.run.plan).twin}`;
  const table = answerTable(model, {
    rows: ({ rows }) => (isMatrix ? rows : rows.filter(({ isTwin }) => isTwin)),
    withTwins: true,
  });
  return folded({ what, file: 'summary.csv' }, table);
}

interface Shown {
  readonly rows: (table: ReturnType<typeof answerTables>[number]) => readonly AnswerRow[];
  readonly withTwins?: boolean;
}

function answerTable(model: ReportModel, { rows, withTwins = false }: Shown): MarkdownTable {
  const tables = answerTables(model, withTwins);
  const several = new Set(tables.map(({ client }) => client)).size > 1;
  const questions = questionsOf(model).map(questionHead);
  return {
    head: ['', ...questions, 'verdict'],
    align: ['-', ...questions.map(() => '-:' as const), '-'],
    rows: tables.flatMap((table) => {
      const { baseline, client } = table;
      const shown = rows(table);
      if (shown.length === 0) return [];
      const label = several ? `${baseline.label}, ${client}` : baseline.label;
      const values = baseline.values.map((it) => text(shortUnits(it ?? '')));
      return [[`**${text(label)}**`, ...values, ''], ...shown.map(answerRow)];
    }),
  };
}

function answerRow({ label, cells }: AnswerRow): readonly string[] {
  return [
    text(label),
    ...cells.map(answerText),
    cells.map((it) => (it ? stateMarks[it.state] : '')).join(' '),
  ];
}

function answerText(it: AnswerCell | undefined): string {
  if (it === undefined) return '';
  const { state, change, percent, interval, note } = it;
  if (state === 'unmeasured') return 'not measured';
  const strong = state === 'worse' || state === 'better' ? '**' : '';
  // The interval is that of the difference, and stands below it.
  const below = [interval, percent, note].flatMap((part) => (part === undefined ? [] : [text(part)]));
  return [`${strong}${text(shortUnits(change))}${strong}`, ...below].join('<br>');
}

function wayLabel({ label, isAddress }: WayRow): string {
  return isAddress ? `&emsp;${text(label)}` : `**${text(label)}**`;
}

function wayText(it: AnswerCell | undefined): string {
  if (it === undefined) return '';
  const { state, percent } = it;
  const strong = state === 'worse' || state === 'better' ? '**' : '';
  return percent === undefined
    ? stateMarks[state]
    : `${strong}${text(percent)}${strong} ${stateMarks[state]}`;
}

function legendSection(cells: readonly (AnswerCell | undefined)[], more: readonly string[]): Section {
  const legend = legendOf(cells.flatMap((it) => (it === undefined ? [] : [it.state])));
  const lines = [...(legend.length === 0 ? [] : [legend.join(' · ')]), ...more];
  // Two spaces at its end break a line.
  return { what: 'What the marks say', file: 'report.html', rows: [lines.map(text).join('  \n')] };
}
