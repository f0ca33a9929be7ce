import { labWords } from '../bench/model/environment.ts';
import { formatCount, formatPercent, formatValue } from '../bench/model/format.ts';
import { metric } from '../bench/model/metric.ts';
import { oneLine } from '../bench/model/printable.ts';
import type { StyledText, TextStyle } from '../bench/model/styled-text.ts';
import { isMeasured, type Overhead, type Step } from '../bench/model/summary.ts';
import { type Answers, answersOf, type PathAnswers } from './answers.ts';
import type { ReportModel } from './report-model.ts';
import { blockWords, caseLabel, foreignWords, notShownWords, sliceStartWords } from './words/case-words.ts';
import { serverNames } from './words/finding-words.ts';
import { groupWarnings } from './words/grouped-warnings.ts';
import {
  changeWords,
  insteadOfNumbers,
  leftOutCount,
  questionWords,
  roundsWords,
  type VerdictWord,
  verdictWord,
} from './words/overhead-words.ts';
import { stateNotice } from './words/run-state.ts';
import { settingWords } from './words/setting-words.ts';
import { costWords, isShown, layerWords, stairsOf } from './words/step-words.ts';
import { stopWords } from './words/stop-words.ts';

interface TerminalOptions {
  /** Columns of the terminal: no line is longer. At least 40. */
  readonly width: number;
}

const verdictStyles = {
  slower: 'red',
  faster: 'green',
  equivalent: 'plain',
  open: 'dim',
  untrusted: 'yellow',
  'not measured': 'dim',
} as const satisfies Record<VerdictWord, TextStyle>;

type Line = readonly StyledText[];

/**
 * The summary as text: what was measured and where, what was found, one table of the three answers for each server and
 * path, then what to know about it.
 */
export function renderTerminal(model: ReportModel, options: TerminalOptions): readonly StyledText[] {
  const width = Math.max(40, options.width);
  const lines: Line[] = [];
  const say = (text: string, style: TextStyle = 'plain', indent = '', rest = indent) => {
    for (const line of wrap(oneLine(text), width, indent, rest)) lines.push([{ text: line, style }]);
  };
  /** Adds an empty line between two parts. */
  const gap = () => lines.length > 0 && lines.push([]);

  const { summary } = model;
  for (const sentence of settingWords(model.run)) say(sentence, 'dim');
  gap();
  for (const sentence of summary.headline) say(sentence, 'bold');
  const notice = stateNotice(model);
  if (notice !== undefined) say(`${notice.state} ${notice.missing}`, 'yellow');

  const tables = answersOf(model).map((answers) => tableOf(answers, model));
  const layOut = layoutFor(
    tables.flatMap(({ rows }) => rows),
    width,
  );
  for (const { title, rows } of tables) {
    gap();
    say(title, 'bold');
    lines.push(...rows.flatMap(layOut));
  }

  for (const steps of stairsOf(summary.steps ?? [])) {
    gap();
    for (const [index, text] of stairLines(steps, model).entries()) say(text, index === 0 ? 'bold' : 'plain');
  }

  gap();
  for (const note of notesOf(model)) say(note, 'dim');
  for (const { messages, hint } of groupWarnings(summary.warnings)) {
    for (const message of messages.slice(0, mostMessages)) say(`Warning: ${message}`, 'yellow', '', '  ');
    const further = messages.length - mostMessages;
    if (further > 0) say(`Warning: ${further} more of this kind; the report has them.`, 'yellow', '', '  ');
    say(hint, 'plain', '  ');
  }
  return lines.flatMap((line) => [...line, plain('\n')]);
}

/** What each layer adds to the one before it, a line each. */
function stairLines(steps: readonly Step[], { run }: ReportModel): readonly string[] {
  const { engine } = run.environment;
  const [first] = steps;
  if (first === undefined) return [];
  return [
    `${first.server} · ${first.profile} profile · what each layer adds: ${metric(first.metric).label}`,
    `${layerWords(first.from, engine)}: ${formatValue(first.fromValue, metric(first.metric).unit)}`,
    ...steps.map((step) => `${layerWords(step.to, engine)}: ${costWords(step)}${isShown(step) ? '' : ' ~'}`),
  ];
}

/** A row of columns, or a label with one text across all other columns. */
type Row =
  | { readonly kind: 'cells'; readonly cells: Cells }
  | { readonly kind: 'text'; readonly label: string; readonly text: string; readonly style: TextStyle };
/** Label, the baseline's value, difference and change, verdict. */
type Cells = readonly [StyledText, StyledText, StyledText, StyledText];

/**
 * The three answers of each path under its name; where a run has a single question, a line for each path:
 * ```
 *   nginx, against host/external
 *                          baseline  difference, change            verdict
 *     bridge/external/published
 *       median latency      62.0 µs  +9.2 µs [+8.1, +10.4], +15 %  slower
 * ```
 */
function tableOf({ server, baseline, values, paths }: Answers, { run, summary }: ReportModel) {
  const level = run.plan.confidence;
  const single = values.length === 1 ? values[0] : undefined;
  const title = `${serverNames[server]}${single === undefined ? '' : `, ${questionWords(single)}`}, against ${baseline}`;
  const head: Row = {
    kind: 'cells',
    cells: [
      plain(''),
      { text: 'baseline', style: 'dim' },
      { text: 'difference, change', style: 'dim' },
      { text: 'verdict', style: 'dim' },
    ],
  };
  const baselineOf = (overhead: Overhead) =>
    values.find((it) => it.metric === overhead.metric)?.baselineValue;
  const rows = paths.flatMap((path): readonly Row[] => {
    const indent = single === undefined ? '    ' : '  ';
    const answers = path.overheads.map((overhead) => {
      const label = indent + (single === undefined ? questionWords(overhead) : caseLabel(path));
      return answerRow(
        overhead,
        label,
        baselineOf(overhead),
        insteadOfNumbers(overhead, summary.cases),
        level,
      );
    });
    return single === undefined ? [headingOf(path), ...answers] : answers;
  });
  return { title, rows: rows.some(({ kind }) => kind === 'cells') ? [head, ...rows] : rows };
}

function headingOf(path: PathAnswers): Row {
  const same = path.sameAs === undefined ? '' : `the same path as ${path.sameAs}`;
  const twin = path.role === 'twin' ? 'a second, identical deployment: the noise check' : '';
  return { kind: 'text', label: `  ${caseLabel(path)}`, text: same || twin, style: 'dim' };
}

function answerRow(
  overhead: Overhead,
  label: string,
  baselineValue: number | undefined,
  instead: string | undefined,
  level: number,
): Row {
  const word = verdictWord(overhead);
  const style = word === undefined ? 'plain' : verdictStyles[word];
  if (instead !== undefined || !isMeasured(overhead)) {
    // The headline gives the reason once for all of them.
    const text = word === 'untrusted' ? 'untrusted, no figure' : (instead ?? '');
    return { kind: 'text', label, text, style };
  }
  const value = baselineValue === undefined ? '' : formatValue(baselineValue, metric(overhead.metric).unit);
  return {
    kind: 'cells',
    cells: [plain(label), plain(value), plain(changeWords(overhead, level)), { text: word ?? '', style }],
  };
}

function plain(text: string): StyledText {
  return { text, style: 'plain' };
}

/**
 * Chooses one layout for all rows: all columns if they fit, else those without the baseline's values, else
 * several lines a row.
 */
function layoutFor(rows: readonly Row[], width: number): (row: Row) => readonly Line[] {
  const all = ([label, value, change, verdict]: Cells): Line => [label, value, change, verdict];
  const fewer = ([label, , change, verdict]: Cells): Line => [label, change, verdict];
  for (const cellsOf of [all, fewer]) {
    const widths = columnWidths(rows.flatMap((row) => (row.kind === 'cells' ? [cellsOf(row.cells)] : [])));
    const total = widths.reduce((sum, it) => sum + it + 2, -2);
    if (total <= width) {
      return (row) =>
        row.kind === 'cells' ? [joined(cellsOf(row.cells), widths)] : textLines(row, width, widths[0] ?? 0);
    }
  }
  return (row) => {
    if (row.kind === 'cells' && row.cells[0].text === '') return [];
    if (row.kind === 'text') return textLines(row, width, 0);
    const [label, ...rest] = row.cells;
    const told = rest.map(({ text }) => text).filter((text) => text !== '');
    return [
      ...wrap(label.text.trimStart(), width, indentOf(label.text)).map((text) => [{ ...label, text }]),
      ...wrap(told.join(' · '), width, '      ').map((text) => [{ text, style: row.cells[3].style }]),
    ];
  };
}

/** The label with the text beside it. Further lines of the text are indented below its first line. */
function textLines(
  { label, text, style }: Extract<Row, { kind: 'text' }>,
  width: number,
  column: number,
): readonly Line[] {
  const beside = `${label.padEnd(text === '' ? 0 : column)}  `;
  const [first = '', ...rest] = wrap(text, width, ' '.repeat(Math.min(beside.length, width - 20)));
  if (text === '' || first.trim() === '')
    return wrap(label.trimStart(), width, indentOf(label)).map((it) => [plain(it)]);
  if (beside.length > width - 20) {
    return [
      ...wrap(label.trimStart(), width, indentOf(label)).map((it) => [plain(it)]),
      ...wrap(text, width, '      ').map((it) => [{ text: it, style }]),
    ];
  }
  return [[plain(beside), { text: first.trimStart(), style }], ...rest.map((it) => [{ text: it, style }])];
}

function indentOf(text: string): string {
  return ' '.repeat(text.length - text.trimStart().length);
}

function columnWidths(rows: readonly Line[]): readonly number[] {
  return (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.text.length ?? 0)));
}

/**
 * Aligns the values' column to the right, so that its units are below one another. No line is padded at its
 * end.
 */
function joined(row: Line, widths: readonly number[]): Line {
  const last = row.findLastIndex(({ text }) => text !== '');
  return row.slice(0, last + 1).flatMap((cell, column) => {
    const space = plain(' '.repeat((widths[column] ?? 0) - cell.text.length));
    const between = plain(column === 0 ? '' : '  ');
    if (row.length === 4 && column === 1) return [between, space, cell];
    return column === last ? [between, cell] : [between, cell, space];
  });
}

/** Most messages shown of one kind of warning. */
const mostMessages = 3;

/** Most lines about metrics that are not shown. The report has all of them. */
const mostNotShown = 3;

function notesOf(model: ReportModel): readonly string[] {
  const { summary, run } = model;
  const leftOut = leftOutCount(summary);
  const { consistent, contradicted, unread } = summary.evidence;
  const further = summary.notShown.length - mostNotShown;
  return [
    `In brackets: ${formatPercent(run.plan.confidence)} confidence intervals over ${roundsWords(summary)}, ` +
      'contender against baseline.',
    `Path evidence: ${consistent} consistent, ${contradicted} contradicted, ${unread} unread.` +
      (leftOut === 0 ? '' : ` ${formatCount(leftOut)} slices left out by rule.`) +
      (summary.measuredShare === undefined
        ? ''
        : ` ${formatPercent(Math.round(summary.measuredShare * 100) / 100)} of the time was measuring.`),
    ...[
      labWords(run.environment.engine),
      stopWords(run),
      blockWords(summary),
      foreignWords(summary),
      sliceStartWords(summary, run.plan.confidence),
    ].filter((words) => words !== undefined),
    ...summary.notShown.slice(0, mostNotShown).map((it) => `Not shown: ${notShownWords(it)}.`),
    ...(further > 0 ? [`${further} more metrics are not shown: the report says why.`] : []),
    ...(summary.advice === undefined ? [] : [summary.advice]),
  ];
}

/** Breaks at spaces, but not between a number and its unit. A word longer than a line is cut. */
function wrap(text: string, width: number, indent = '', rest = indent): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  for (const word of text.split(/ (?!(?:%|µs|ms)(?![a-z]))/)) {
    let left = word;
    if (!empty && line.length + 1 + left.length > width) {
      lines.push(line);
      line = rest;
      empty = true;
    }
    while (empty && line.length + left.length > width) {
      lines.push(line + left.slice(0, width - line.length));
      left = left.slice(width - line.length);
      line = rest;
    }
    line += empty ? left : ` ${left}`;
    empty = false;
  }
  lines.push(line);
  return lines;
}
