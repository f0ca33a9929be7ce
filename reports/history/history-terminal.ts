import { formatChangeInterval } from '../../bench/model/format.ts';
import { metric } from '../../bench/model/metric.ts';
import type { StyledText } from '../../bench/model/styled-text.ts';
import { cell, heads, type Line, paragraph, type Row, tableLines } from '../terminal/layout.ts';
import type { Change, History, SubjectHistory } from './history.ts';
import {
  allChanges,
  beginningsWords,
  changeWords,
  dateOf,
  findingWords,
  groupedSubjects,
  isWorse,
  placeWords,
  subjectWords,
  suspected,
  suspicionWords,
  tonightOf,
  verdictWords,
} from './history-words.ts';

interface HistoryTerminalOptions {
  /** Columns of the terminal. The first line is one line at any width: a nightly job reads no more. */
  readonly width: number;
  /** Also every comparison with its level, and every change. */
  readonly all: boolean;
}

/** What the newest run brought: one line where that is nothing. */
export function renderHistory(
  history: History,
  { width: columns, all }: HistoryTerminalOptions,
): readonly StyledText[] {
  const width = Math.max(40, columns);
  const { changes, environment, loads } = history.news;
  const isNews = changes.length + environment.length + loads.length > 0;
  const parts: readonly (readonly Line[])[] = [
    [
      [{ text: findingWords(history), style: isNews ? 'bold' : 'plain' }],
      ...changes.flatMap((it) => changeLines(it, width)),
      ...beginningsWords(history).flatMap((it) => paragraph(it, width)),
      ...suspected(history)
        .filter(({ subject }) => subject.declared)
        .flatMap((it) => suspicionLines(it, width)),
    ],
    ...(all ? [nowLines(history, width, true), nowLines(history, width, false)] : []),
    ...(all ? [allChangesLines(history, width)] : []),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => [...(index === 0 ? [] : [[]]), ...lines])
    .flatMap((line): Line => [...line, { text: '\n', style: 'plain' }]);
}

function changeLines(change: Change, width: number): readonly Line[] {
  return [
    ...paragraph(
      `${subjectWords(change.subject)} ${verdictWords(change)}`,
      width,
      isWorse(change) ? 'red' : 'green',
    ),
    ...paragraph(changeWords(change), width, 'plain', '  '),
  ];
}

function suspicionLines({ subject, series }: SubjectHistory, width: number): readonly Line[] {
  const suspicion = series.at(-1)?.suspicion;
  if (suspicion === undefined) return [];
  return [
    ...paragraph(subjectWords(subject), width),
    ...paragraph(suspicionWords(suspicion), width, 'plain', '  '),
  ];
}

/** What each mode costs now, main results or further figures. */
function nowLines({ subjects, runs }: History, width: number, declared: boolean): readonly Line[] {
  const rows = groupedSubjects(subjects, declared).flatMap(([title, found]): readonly Row[] => [
    { across: title },
    ...found.map((it) => nowRow(it, runs.at(-1))),
  ]);
  if (rows.length === 0) return [];
  return [
    ...paragraph(declared ? 'Now: main results' : 'Now: further figures', width, 'bold'),
    ...tableLines({ head: heads(['level', 'since', 'runs']), rows, align: 'left', wraps: false }, width),
  ];
}

function nowRow(it: SubjectHistory, newest: History['runs'][number] | undefined): Row {
  const level = it.series.at(-1)?.levels.at(-1);
  const { figure, note } = tonightOf(it, newest);
  // What the newest run has is told where there is a reason to look at it.
  const notes = note === '' ? [] : [figure === '' ? note : `newest run ${figure}: ${note}`];
  return [
    {
      ...cell(`${placeWords(it.subject)}: ${metric(it.subject.metric).label}`, 'plain', notes),
      indent: '  ',
      hanging: '    ',
    },
    cell(level === undefined ? 'no interval that counts' : formatChangeInterval(level)),
    cell(level === undefined ? '' : dateOf(level.from.run)),
    cell(level === undefined ? '' : String(level.nights)),
  ];
}

function allChangesLines({ subjects }: History, width: number): readonly Line[] {
  const changes = allChanges(subjects);
  return [
    ...paragraph('All changes, newest first', width, 'bold'),
    ...(changes.length === 0 ? paragraph('none', width) : changes.flatMap((it) => changeLines(it, width))),
  ];
}
