/** One column: a title, and for each row its lines. */
export interface Column {
  readonly title: string;
  readonly cells: Readonly<Record<string, readonly string[]>>;
}

const gap = 2;
/** Narrower than this, a cell is mostly line breaks. */
const narrowest = 26;

/**
 * A table of columns side by side, as many as the width holds. The other columns follow below.
 * @param rows in their order: a row's name is the key of its cells.
 */
export function sideBySide(columns: readonly Column[], rows: readonly string[], width: number): string {
  const labelWidth = Math.max(0, ...rows.map((row) => row.length));
  const room = width - labelWidth;
  const across = Math.max(1, Math.min(columns.length, Math.floor(room / (narrowest + gap))));
  const cellWidth = Math.max(narrowest, Math.floor(room / across) - gap);
  const blocks: string[] = [];
  for (let start = 0; start < columns.length; start += across) {
    blocks.push(block(columns.slice(start, start + across), rows, labelWidth, cellWidth));
  }
  return blocks.join('\n');
}

function block(
  columns: readonly Column[],
  rows: readonly string[],
  labelWidth: number,
  cellWidth: number,
): string {
  const line = (label: string, cells: readonly string[]) =>
    [label.padEnd(labelWidth), ...cells.map((cell) => cell.padEnd(cellWidth))]
      .join(' '.repeat(gap))
      .trimEnd()
      .concat('\n');
  const head = line(
    '',
    columns.map(({ title }) => title),
  );
  const rule = line(
    '',
    columns.map(({ title }) => '─'.repeat(Math.min(title.length, cellWidth))),
  );
  const body = rows.map((row) => {
    const cells = columns.map(({ cells }) => (cells[row] ?? []).flatMap((text) => wrapped(text, cellWidth)));
    const height = Math.max(0, ...cells.map(({ length }) => length));
    return Array.from({ length: height }, (_, i) =>
      line(
        i === 0 ? row : '',
        cells.map((lines) => lines[i] ?? ''),
      ),
    ).join('');
  });
  return `${head}${rule}${body.join('')}`;
}

/** Lines no longer than the width. They are broken at spaces and continued two columns in. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= width) {
      line = longer;
      continue;
    }
    if (line.trim() !== '') lines.push(line);
    line = lines.length === 0 ? word : `  ${word}`;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = `  ${line.slice(width)}`;
    }
  }
  return line.trim() === '' ? lines : [...lines, line];
}
