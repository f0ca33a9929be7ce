import { dataNumber } from '../../bench/model/data-keys.ts';
import { printable } from '../../bench/model/printable.ts';
import type { ExportRow } from './export-rows.ts';
import { longColumns } from './long-columns.ts';

/**
 * ndjson: one flat line for each figure of each run. Every line has every key, so that a reader that looks at the
 * first lines alone knows the columns of a Parquet file. A missing value is null.
 */
export function renderNdjson(rows: readonly ExportRow[]): string {
  return rows.map((row) => `${printable(JSON.stringify(lineOf(row)))}\n`).join('');
}

function lineOf(row: ExportRow): Readonly<Record<string, unknown>> {
  return Object.fromEntries(
    Object.entries(longColumns).map(([name, { of }]) => {
      const cell = of(row);
      return [name, typeof cell === 'number' ? dataNumber(cell) : (cell ?? null)];
    }),
  );
}
