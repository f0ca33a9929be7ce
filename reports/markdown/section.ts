import { formatCount } from '../../bench/model/format.ts';

/** A part of a summary. Where it is too long, its last rows are left out, and it says which file has them. */
export interface Section {
  /** What it holds, for the note where it does not fit: `Other figures`. */
  readonly what: string;
  /** The file of the run folder that has all of it. */
  readonly file: 'report.html' | 'summary.csv' | 'summary.json';
  /** What stands before the rows: a heading, the head of a table. */
  readonly opening?: string;
  /** A line each. A section without rows is left out. */
  readonly rows: readonly string[];
  readonly closing?: string;
}

/** A table of GitHub's flavour. Its cells are Markdown already. */
export interface MarkdownTable {
  readonly head: readonly string[];
  /** Of each column, as Markdown writes it. */
  readonly align: readonly ('-' | '-:')[];
  readonly rows: readonly (readonly string[])[];
}

/** A section that is folded until a reader opens it. */
export function folded(section: Pick<Section, 'what' | 'file'>, table: MarkdownTable): Section {
  const { opening, rows } = tableSection(section, table);
  return closed({ ...section, rows, ...(opening === undefined ? {} : { opening }) });
}

export function foldedList(section: Pick<Section, 'what' | 'file'>, items: readonly string[]): Section {
  return closed({ ...section, rows: items.map((it) => `- ${it}`) });
}

export function tableSection(
  section: Pick<Section, 'what' | 'file'>,
  { head, align, rows }: MarkdownTable,
  title?: string,
): Section {
  const [first = '', second = '', ...lines] = [head, align, ...rows].map(
    (cells) => `| ${cells.join(' | ')} |`,
  );
  const above = title === undefined ? '' : `${title}\n\n`;
  return { ...section, opening: `${above}${first}\n${second}`, rows: lines };
}

function closed(section: Section): Section {
  const { what, opening } = section;
  const summary = `<details>\n<summary>${what}</summary>\n`;
  return {
    ...section,
    opening: opening === undefined ? summary : `${summary}\n${opening}`,
    closing: '\n</details>',
  };
}

/**
 * The sections one below the other in at most `most` characters. What comes first has the room first; of what does
 * not fit, a note remains.
 */
export function fitted(sections: readonly Section[], most: number): string {
  const told = sections.filter(({ rows }) => rows.length > 0);
  const notes = told.map((it) => between.length + noteOf(it, it.rows.length).length);
  let left = most - 1;
  const parts = told.map((section, index) => {
    const forOthers = notes.slice(index + 1).reduce((sum, it) => sum + it, 0);
    const part = partOf(section, left - forOthers - between.length);
    left -= part.length + between.length;
    return part;
  });
  return `${parts.join(between)}\n`;
}

const between = '\n\n';

/** The section with as many of its rows as fit into `room`. */
function partOf(section: Section, room: number): string {
  const whole = textOf(section, section.rows.length);
  if (whole.length <= room) return whole;
  // A row and its line feed: the shortest text with `count` rows is longer by just that than the one before it.
  let count = 0;
  let length = textOf(section, 0).length;
  for (const row of section.rows) {
    if (length + row.length + 1 > room) break;
    length += row.length + 1;
    count++;
  }
  return count === 0 ? noteOf(section, section.rows.length) : textOf(section, count);
}

/** @param count of the rows. The note of the rest is at its longest where none is shown. */
function textOf(section: Section, count: number): string {
  const { opening, rows, closing } = section;
  const missing = rows.length - count;
  return [
    ...(opening === undefined ? [] : [opening]),
    ...rows.slice(0, count),
    ...(missing === 0 ? [] : ['', noteOf(section, missing)]),
    ...(closing === undefined ? [] : [closing]),
  ].join('\n');
}

function noteOf({ what, file, rows }: Section, missing: number): string {
  return `_${what}: ${formatCount(missing)} of ${formatCount(rows.length)} lines do not fit here. The run folder's ${file} has all of them._`;
}
