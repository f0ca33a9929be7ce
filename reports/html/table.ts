import { type Content, type Html, html } from './markup.ts';

export interface Column {
  /** Also the label of each value where a narrow screen shows rows as cards. */
  readonly label: string;
  readonly small?: string;
  readonly number?: boolean;
}

export interface Cell {
  readonly content: Content;
  /** What a column is sorted by, if not by its text. */
  readonly sortBy?: number;
  readonly kind?: string;
}

export interface Row {
  readonly id?: string;
  readonly head: Content;
  readonly cells: readonly (Cell | Content)[];
  readonly quiet?: boolean;
}

export interface Group {
  /** What all rows of the group have in common. */
  readonly title?: Content;
  readonly rows: readonly Row[];
}

interface Table {
  readonly caption: Content;
  /** Of the first column, which names the rows. */
  readonly head: string;
  readonly columns: readonly Column[];
  readonly groups: readonly Group[];
  /** Rows can be sorted within their group, where a script runs. */
  readonly sortable?: boolean;
  readonly kind?: string;
}

/**
 * Every table of the page. On a narrow screen its rows are cards, each value beside the label of its column, so that no
 * table has to scroll sideways.
 */
export function table({ caption, head, columns, groups, sortable, kind = '' }: Table): Html {
  return html`<table class="${`cards ${kind}`.trim()}"${sortable === true ? html` data-sort` : undefined}><caption>${caption}</caption>
<thead><tr><th scope="col">${head}</th>${columns.map(columnHead)}</tr></thead>
${groups.map((group) => body(group, columns))}</table>`;
}

function columnHead({ label, small, number }: Column): Html {
  const below = small === undefined ? undefined : html`<small>${small}</small>`;
  return html`<th scope="col"${number === true ? html` class="number"` : undefined}>${label}${below}</th>`;
}

function body({ title, rows }: Group, columns: readonly Column[]): Html {
  const head =
    title === undefined
      ? undefined
      : html`<tr class="group"><th scope="rowgroup" colspan="${columns.length + 1}">${title}</th></tr>\n`;
  return html`<tbody>${head}${rows.map((it) => row(it, columns))}</tbody>\n`;
}

function row({ id, head, cells, quiet }: Row, columns: readonly Column[]): Html {
  const named = id === undefined ? undefined : html` id="${id}"`;
  const kind = quiet === true ? html` class="quiet"` : undefined;
  return html`<tr${named}${kind}><th scope="row">${head}</th>${cells.map((it, index) => cell(it, columns[index]))}</tr>\n`;
}

function cell(it: Cell | Content, column: Column | undefined): Html {
  const { content, sortBy, kind }: Cell = isCell(it) ? it : { content: it };
  const kinds = [column?.number === true ? 'number' : undefined, kind].filter((word) => word !== undefined);
  const classes = kinds.length === 0 ? undefined : html` class="${kinds.join(' ')}"`;
  const sorted = sortBy === undefined ? undefined : html` data-v="${sortBy}"`;
  // In a card a value is one item beside its label, whatever it consists of.
  return html`<td${classes} data-label="${column?.label ?? ''}"${sorted}><div>${content}</div></td>`;
}

function isCell(it: Cell | Content): it is Cell {
  return typeof it === 'object' && it !== null && 'content' in it;
}
