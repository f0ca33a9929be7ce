import {
  isMeasured,
  type MeasuredOverhead,
  type Overhead,
  overheadSchema,
} from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { type Column, type Columns, csvTable, saysOf } from './csv-table.ts';
import { pathColumns, runColumn } from './shared-columns.ts';

interface SummaryRow {
  readonly runId: string;
  readonly role: 'contender' | 'twin';
  readonly overhead: Overhead;
}

const { shape } = overheadSchema.options[0];

/** What every overhead has. */
function told(key: keyof Overhead): Column<SummaryRow> {
  return { says: saysOf(shape[key]), of: ({ overhead }) => overhead[key] };
}

/** Part of an estimate: empty where no data that count are left. */
function estimated(key: keyof MeasuredOverhead): Column<SummaryRow> {
  return {
    says: saysOf(shape[key]),
    of: ({ overhead }) => (isMeasured(overhead) ? overhead[key] : undefined),
  };
}

/** Names and units of summary.json. `limit` has another name here: SQL has that word for itself. */
export const summaryColumns: Columns<SummaryRow> = {
  ...runColumn<SummaryRow>(({ runId }) => runId),
  server: told('server'),
  profile: told('profile'),
  ...pathColumns<SummaryRow>(({ overhead: { path }, role }) => ({ path, role })),
  baseline: told('baseline'),
  metric: told('metric'),
  declared: told('declared'),
  baseline_value: estimated('baselineValue'),
  contender_value: estimated('contenderValue'),
  ratio: estimated('ratio'),
  ratio_low: estimated('ratioLow'),
  ratio_high: estimated('ratioHigh'),
  confidence: estimated('confidence'),
  difference: estimated('difference'),
  difference_low: estimated('differenceLow'),
  difference_high: estimated('differenceHigh'),
  rounds: estimated('rounds'),
  p_value: estimated('pValue'),
  limited_by: estimated('limit'),
  verdict: told('verdict'),
  reason: told('reason'),
};

/** summary.csv: one row for each overhead, the twin's included (`role`). */
export function renderSummaryCsv(model: ReportModel): string {
  const { runId, overheads, twin } = model.summary;
  return csvTable(summaryColumns, [
    ...overheads.map((overhead): SummaryRow => ({ runId, role: 'contender', overhead })),
    ...twin.map((overhead): SummaryRow => ({ runId, role: 'twin', overhead })),
  ]);
}
