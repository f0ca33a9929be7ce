import { csvTable } from '../csv/csv-table.ts';
import type { ExportRow } from './export-rows.ts';
import { longColumns } from './long-columns.ts';

/** csv-long: one row for each figure of each run. */
export function renderLongCsv(rows: readonly ExportRow[]): string {
  return csvTable(longColumns, rows);
}
