import { type ExportFormat, exportFormats } from '../../bench/model/export-format.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { csvTable } from '../csv/csv-table.ts';
import { renderBadge } from './badge.ts';
import { renderBencher } from './bencher.ts';
import { renderWideCsv } from './csv-wide.ts';
import { type ExportRow, exportRows } from './export-rows.ts';
import { renderGithubActionBenchmark } from './github-action-benchmark.ts';
import { longColumns } from './long-columns.ts';
import { renderNdjson } from './ndjson.ts';
import { renderOpenMetrics } from './openmetrics.ts';
import type { Rendered } from './rendered.ts';

const renderers: Readonly<Record<ExportFormat, (rows: readonly ExportRow[]) => string | Rendered>> = {
  'csv-long': (rows) => csvTable(longColumns, rows),
  'csv-wide': renderWideCsv,
  ndjson: renderNdjson,
  openmetrics: renderOpenMetrics,
  bencher: renderBencher,
  'github-action-benchmark-smaller': (rows) => renderGithubActionBenchmark(rows, 'lower'),
  'github-action-benchmark-bigger': (rows) => renderGithubActionBenchmark(rows, 'higher'),
  badge: renderBadge,
};

/** Which figures of the runs an export holds. */
interface ExportWish {
  /** Comparisons that were not declared too, in formats that hold declared ones alone. */
  readonly all: boolean;
  /** A text in the names of the figures; all where it is absent. */
  readonly figure?: string;
}

/** Writes figures of runs, the oldest first, in the format of another tool. */
export function renderExport(
  records: readonly RunRecord[],
  format: ExportFormat,
  { all, figure = '' }: ExportWish,
): Rendered & { readonly figures: number } {
  const { holds } = exportFormats[format];
  const rows = [...records]
    .sort((a, b) => Date.parse(a.run.startedAt) - Date.parse(b.run.startedAt))
    .flatMap(exportRows)
    .filter(({ name, declared }) => name.includes(figure) && (all || holds === 'all' || declared));
  const rendered = renderers[format](rows);
  return {
    figures: rows.length,
    ...(typeof rendered === 'string' ? { text: rendered, notes: [] } : rendered),
  };
}
