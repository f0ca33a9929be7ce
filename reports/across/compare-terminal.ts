import type { RunComparisons } from '../../bench/model/run-comparison.ts';
import type { StyledText, TextStyle } from '../../bench/model/styled-text.ts';
import type { CellState } from '../first-screen/cells.ts';
import { cell, heads, type Line, paragraph, type Row, tableLines } from '../terminal/layout.ts';
import { groupWarnings } from '../words/grouped-warnings.ts';
import {
  type ComparisonCell,
  type ComparisonTable,
  changeMarks,
  columnNotes,
  comparisonTables,
  markLegend,
} from './comparison-tables.ts';
import {
  comparisonFinding,
  environmentFinding,
  environmentRows,
  factsAtOnce,
  notComparedWords,
  runWords,
} from './comparison-words.ts';

interface CompareTerminalOptions {
  /** Columns of the terminal: no line is longer. At least 40. */
  readonly width: number;
  /** Also each run by itself, and what was not declared. */
  readonly all?: boolean;
}

/** Several runs as text: the finding, the runs, where they differ as places, and their overheads. */
export function renderCompareTerminal(
  document: RunComparisons,
  { width: columns, all = false }: CompareTerminalOptions,
): readonly StyledText[] {
  const width = Math.max(40, columns);
  const { main, absolute, further } = comparisonTables(document);
  const shown = [main, ...absolute, ...(all ? further : [])];
  const legend = markLegend(shown);
  const parts: readonly (readonly Line[])[] = [
    paragraph(comparisonFinding(document), width, 'bold'),
    document.runs.flatMap((run) => paragraph(`${run.name}  ${runWords(run)}`, width, 'plain', '', '   ')),
    environmentLines(document, width, all),
    groupWarnings(document.warnings).flatMap(({ messages, hint }) =>
      paragraph(`! ${[...messages, hint].join(' ')}`, width, 'yellow', '', '  '),
    ),
    ...shown.map((table) => tablePart(table, width)),
    [
      ...(legend === undefined ? [] : paragraph(legend, width, 'dim')),
      ...columnNotes(document).flatMap((it) => paragraph(it, width, 'dim')),
    ],
    notComparedWords(document).flatMap((it) => paragraph(it, width, 'plain', '', '  ')),
    all ? [] : paragraph('All figures: --all.', width, 'dim'),
  ];
  return parts
    .filter((lines) => lines.length > 0)
    .flatMap((lines, index) => [...(index === 0 ? [] : [[]]), ...lines])
    .flatMap((line) => [...line, lineFeed]);
}

const lineFeed: StyledText = { text: '\n', style: 'plain' };

function environmentLines(document: RunComparisons, width: number, all: boolean): readonly Line[] {
  const rows = environmentRows(document);
  const shown = all ? rows : rows.slice(0, factsAtOnce);
  const left = rows.length - shown.length;
  return [
    ...paragraph(environmentFinding(document), width),
    ...shown.flatMap(({ name, values }) => [
      ...paragraph(`${name}:`, width, 'plain', '  '),
      ...values.flatMap((value) => paragraph(value, width, 'plain', '    ', '       ')),
    ]),
    ...(left === 0 ? [] : paragraph(`and ${left} more: --all`, width, 'dim', '  ')),
  ];
}

function tablePart({ title, head, groups }: ComparisonTable, width: number): readonly Line[] {
  const rows = groups.flatMap(({ title: common, rows: own }): readonly Row[] => [
    { across: common },
    ...own.map(({ label, cells }) => [
      { ...cell(label), indent: '  ', hanging: '    ' },
      ...head.map((_, index) => shownCell(cells[index])),
    ]),
  ]);
  if (rows.length === 0) return [];
  return [
    ...paragraph(title, width, 'bold'),
    ...tableLines({ head: heads(head, '  '), rows, align: 'left', wraps: true }, width),
  ];
}

const stateStyles = {
  worse: 'red',
  better: 'green',
  equal: 'plain',
  open: 'plain',
  untrusted: 'yellow',
  unmeasured: 'dim',
} as const satisfies Record<CellState, TextStyle>;

/** The mark stands where the heads are indented to. */
function shownCell(shown: ComparisonCell | undefined) {
  if (shown === undefined) return cell('');
  const { text, more, state } = shown;
  const mark = state === undefined ? '  ' : `${changeMarks[state]} `;
  return {
    ...cell(text, state === undefined ? 'plain' : stateStyles[state], more === undefined ? [] : [more]),
    indent: mark,
    hanging: '  ',
  };
}
