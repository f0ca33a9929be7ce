import { stringify } from 'csv-stringify/sync';
import * as z from 'zod';
import { dataNumber } from '../../bench/model/data-keys.ts';
import { printable } from '../../bench/model/printable.ts';

/** A missing value is an empty cell, never 0. */
export type Cell = string | number | boolean | undefined;

export interface Column<Row> {
  /** What the column holds: a sentence for results/schema/DATA.md. */
  readonly says: string;
  readonly of: (row: Row) => Cell;
  /** Where the name does not tell it. */
  readonly unit?: string;
  /**
   * Machine, engine or plan may have no value for any row. The column is then left out of the file. All other
   * columns are in every file, so that a query that names them works on every run.
   */
  readonly ifAny?: true;
}

/** The columns of a CSV file by name, in their order. */
export type Columns<Row> = Readonly<Record<string, Column<Row>>>;

export function csvTable<Row>(columns: Columns<Row>, rows: readonly Row[]): string {
  const filled = Object.entries(columns).flatMap(([name, { of, ifAny }]) => {
    const cells = rows.map(of);
    return ifAny === true && cells.every((cell) => cell === undefined) ? [] : [{ name, cells }];
  });
  const lines = rows.map((_, index) => filled.map(({ cells }) => written(cells[index])));
  return stringify([filled.map(({ name }) => name), ...lines]);
}

/**
 * A spreadsheet runs text that begins as a formula does, and the text is from other programs. An apostrophe
 * in front makes it plain text (OWASP, "CSV Injection"). Numbers are left as they are, negative ones too.
 */
function written(cell: Cell): string | number | undefined {
  if (typeof cell === 'number') return dataNumber(cell);
  if (typeof cell === 'boolean') return String(cell);
  if (cell === undefined) return undefined;
  const text = printable(cell);
  return /^[=+\-@\t]/.test(text) ? `'${text}` : text;
}

/** What a schema says of itself; a test refuses a column of which nothing is said. */
export function saysOf(schema: z.core.$ZodType): string {
  // The documented way to walk a schema: https://zod.dev/packages/core
  const { def } = (schema as z.core.$ZodTypes)._zod;
  const own = z.globalRegistry.get(schema)?.description;
  return own ?? (def.type === 'optional' ? saysOf(def.innerType) : '');
}
