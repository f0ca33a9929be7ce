import { grouped } from '../../bench/model/grouped.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { type Columns, csvTable } from '../csv/csv-table.ts';
import { type ExportRow, isContenderRatio, type TrustedRatio, trustedRatios } from './export-rows.ts';
import type { Rendered } from './rendered.ts';

interface WideRow {
  readonly record: RunRecord;
  readonly fingerprint: string;
  readonly ratios: ReadonlyMap<string, TrustedRatio>;
}

/**
 * csv-wide: one row a run, oldest first, and one column for each comparison of the newest run, with its ratio.
 *
 * Apache Otava refuses a file with an empty cell. A run without a trusted ratio of one of them is left out, and named.
 * The newest run is no exception: what it cannot tell takes its own row away, and no column from the runs before it.
 * Only a comparison that no run can tell has no column.
 */
export function renderWideCsv(rows: readonly ExportRow[]): Rendered {
  const byRun = [...grouped(rows, ({ record }) => record)];
  const runs = byRun.map(([record, ofRun]) => wideRow(record, ofRun));
  const newest = (byRun.at(-1)?.[1] ?? []).filter(isContenderRatio).map(({ name }) => name);
  const names = newest.filter((name) => runs.some(({ ratios }) => ratios.has(name)));
  const complete = runs.filter(({ ratios }) => names.every((name) => ratios.has(name)));
  return {
    text: csvTable(columnsOf(names), complete),
    notes: [
      ...newest
        .filter((it) => !names.includes(it))
        .map((it) => `${it} has no column: no run has a trusted one`),
      ...runs.flatMap(({ record, ratios }) => {
        const missing = names.find((name) => !ratios.has(name));
        return missing === undefined ? [] : [`${record.run.runId} is left out: it has no trusted ${missing}`];
      }),
    ],
  };
}

function wideRow(record: RunRecord, rows: readonly ExportRow[]): WideRow {
  const ratios = new Map(trustedRatios(rows).map((row) => [row.name, row]));
  return { record, fingerprint: rows[0]?.fingerprint ?? '', ratios };
}

function columnsOf(names: readonly string[]): Columns<WideRow> {
  return {
    time: { says: 'When the first round began, UTC.', of: ({ record }) => record.run.startedAt },
    run_id: { says: 'The run.', of: ({ record }) => record.run.runId },
    fingerprint: { says: 'Stands for machine and method.', of: ({ fingerprint }) => fingerprint },
    ...Object.fromEntries(
      names.map((name) => [
        name,
        { says: 'Contender over baseline.', of: ({ ratios }: WideRow) => ratios.get(name)?.value },
      ]),
    ),
  };
}
