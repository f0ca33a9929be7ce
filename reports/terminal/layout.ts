import { oneLine } from '../../bench/model/printable.ts';
import type { StyledText, TextStyle } from '../../bench/model/styled-text.ts';

/** One line of the terminal, without its line feed. */
export type Line = readonly StyledText[];

/** A text in a table. Its lines after the first begin with `hanging`. */
export interface Cell {
  readonly text: string;
  /** Further texts, each on a line of its own where it does not fit into the one before. */
  readonly more?: readonly string[];
  readonly style: TextStyle;
  readonly indent?: string;
  readonly hanging?: string;
}

/** A row of cells, the label first, or a text across all columns. */
export type Row = readonly Cell[] | { readonly across: string };

export interface Table {
  /** What each column is about; empty over the labels. */
  readonly head: readonly Cell[];
  readonly rows: readonly Row[];
  readonly align: 'left' | 'right';
  /** Whether the columns beside the labels may wrap their texts. Numbers alone may not. */
  readonly wraps: boolean;
}

export function cell(text: string, style: TextStyle = 'plain', more: readonly string[] = []): Cell {
  return { text: oneLine(text), style, more: more.map(oneLine) };
}

/** The head of a table: an empty one over the labels, then the columns' names. */
export function heads(names: readonly string[], indent = ''): readonly Cell[] {
  return [cell(''), ...names.map((it) => ({ ...cell(it, 'dim'), indent }))];
}

/** Text from anywhere in lines of at most `width` columns. */
export function paragraph(
  text: string,
  width: number,
  style: TextStyle = 'plain',
  indent = '',
  hanging = indent,
): readonly Line[] {
  return wrap([oneLine(text)], width, indent, hanging).map((line) => [{ text: line, style }]);
}

/** Between two columns. */
const gap = '  ';
/** A longer label wraps. */
const widestLabel = 40;

/** All columns side by side, if they fit. Else each row becomes its label, with a line for each column below it. */
export function tableLines(table: Table, width: number): readonly Line[] {
  const widths = columnWidths(table, width);
  if (widths === undefined) return stacked(table, width);
  const sides = table.head.map((_, column) => (column === 0 ? 'left' : table.align));
  const rows = table.head.some(({ text }) => text !== '') ? [table.head, ...table.rows] : table.rows;
  return rows.flatMap((row) =>
    'across' in row ? paragraph(row.across, width, 'bold') : sideBySide(row, widths, sides),
  );
}

/** Whether the columns of a table fit side by side. */
export function fits(table: Table, width: number): boolean {
  return columnWidths(table, width) !== undefined;
}

/** `undefined` where the columns do not fit. */
function columnWidths({ head, rows, wraps }: Table, width: number): readonly number[] | undefined {
  const cells = [head, ...rows.flatMap((row) => ('across' in row ? [] : [row]))];
  const widest = (of: (it: Cell) => number) =>
    head.map((_, column) => Math.max(...cells.map((row) => of(row[column] ?? cell('')))));
  const [label = 0, ...others] = widest(naturalWidth);
  const room = width - others.length * gap.length;
  const all = others.reduce((sum, it) => sum + it, 0);
  if (Math.min(label, widestLabel) + all <= room) {
    return [Math.min(label, Math.max(widestLabel, room - all)), ...others];
  }
  if (!wraps) return room - all < narrowestOfMany ? undefined : [room - all, ...others];
  const [, ...needed] = widest(neededWidth);
  const least = Math.max(narrowestColumn, ...needed);
  // The labels give way first: they are words, which wrap anywhere.
  const shortLabel = Math.min(label, Math.max(narrowestLabel, room - others.length * least));
  const share = Math.floor((room - shortLabel) / Math.max(1, others.length));
  return share < least ? undefined : [shortLabel, ...others.map((it) => Math.min(it, share))];
}

/** A shorter label wraps badly. */
const narrowestLabel = 14;
/** Beside many columns of numbers a shorter label takes too many lines. */
const narrowestOfMany = 20;
/** `! −11,670/s, −28 %` */
const narrowestColumn = 18;

/** A cell's width where none of its words is cut. */
function neededWidth({ text, more = [], indent = '', hanging = indent }: Cell): number {
  const words = [text, ...more].flatMap((it) => it.split(breakable));
  return Math.max(indent.length, hanging.length) + Math.max(...words.map((word) => word.length));
}

function naturalWidth({ text, more = [], indent = '' }: Cell): number {
  return indent.length + [text, ...more].join(' ').length;
}

function sideBySide(
  row: readonly Cell[],
  widths: readonly number[],
  sides: readonly ('left' | 'right')[],
): readonly Line[] {
  const wrapped = row.map((it, column) => cellLines(it, widths[column] ?? 0));
  const height = Math.max(...wrapped.map((lines) => lines.length));
  return Array.from({ length: height }, (_, index): Line => {
    const texts = wrapped.map((lines) => lines[index] ?? '');
    const last = texts.findLastIndex((it) => it !== '');
    return row.slice(0, last + 1).flatMap(({ style }, column) => {
      const text = texts[column] ?? '';
      const space = plain(' '.repeat(Math.max(0, (widths[column] ?? 0) - text.length)));
      const own = { text, style };
      const placed = sides[column] === 'right' ? [space, own] : column === last ? [own] : [own, space];
      return column === 0 ? placed : [plain(gap), ...placed];
    });
  });
}

function cellLines(
  { text, more = [], indent = '', hanging = indent }: Cell,
  width: number,
): readonly string[] {
  return text === '' ? [''] : wrap([text, ...more], width, indent, hanging);
}

/** The label, then a line for each column. */
function stacked({ head, rows }: Table, width: number): readonly Line[] {
  const column = Math.max(...head.slice(1).map(({ text }) => text.length));
  return rows.flatMap((row) => {
    if ('across' in row) return paragraph(row.across, width, 'bold');
    const [label, ...others] = row;
    if (label === undefined) return [];
    const told = others.map((it, index) => ({ ...it, head: head[index + 1]?.text ?? '' }));
    return [
      ...cellLines(label, width).map((text): Line => [{ text, style: label.style }]),
      ...told.filter(({ text }) => text !== '').flatMap((it) => beside(it, column, width)),
    ];
  });
}

/** A column's name with its text beside it, or below it where there is no room. */
function beside(it: Cell & { readonly head: string }, column: number, width: number): readonly Line[] {
  const name = column === 0 ? '    ' : `    ${it.head.padEnd(column)}${gap}`;
  if (width - name.length < Math.max(narrowestLabel, neededWidth(it))) {
    const below: Cell = { ...it, indent: '      ', hanging: `      ${it.hanging ?? ''}` };
    return [
      ...paragraph(it.head, width, 'dim', '    '),
      ...cellLines(below, width).map((text): Line => [{ text, style: it.style }]),
    ];
  }
  const [first = '', ...rest] = cellLines(it, width - name.length);
  return [
    [
      { text: name, style: 'dim' },
      { text: first, style: it.style },
    ],
    ...rest.map((line): Line => [{ text: ' '.repeat(name.length) + line, style: it.style }]),
  ];
}

function plain(text: string): StyledText {
  return { text, style: 'plain' };
}

/** A space at which a line may break: not before a unit, and not inside an interval. */
const breakable = /(?<!\[[^\] ]{1,12},) (?!(?:%|µs|ms)(?![a-z]))/;

/**
 * Breaks at spaces, but not between a number and its unit. A text begins a line where it does not fit into the one
 * before. A word longer than a line is cut.
 */
function wrap(texts: readonly string[], width: number, indent: string, hanging: string): readonly string[] {
  const lines: string[] = [];
  let line = indent;
  let empty = true;
  const breakLine = () => {
    lines.push(line);
    line = hanging;
    empty = true;
  };
  for (const text of texts) {
    if (!empty && line.length + 1 + text.length > width) breakLine();
    for (const word of text.split(breakable)) {
      let left = word;
      if (!empty && line.length + 1 + left.length > width) breakLine();
      while (empty && line.length + left.length > width) {
        lines.push(line + left.slice(0, width - line.length));
        left = left.slice(width - line.length);
        line = hanging;
      }
      line += empty ? left : ` ${left}`;
      empty = false;
    }
  }
  lines.push(line);
  return lines;
}
