import { toDataKeys } from '../bench/model/data-keys.ts';
import { printable } from '../bench/model/printable.ts';
import { summarySchema } from '../bench/model/summary.ts';
import type { ReportModel } from './report-model.ts';

const toDataFile = toDataKeys(summarySchema);

/** summary.json: the summary as it is, full precision, for programs. */
export function renderSummaryJson(model: ReportModel): string {
  return `${printable(JSON.stringify(toDataFile(model.summary), null, 2))}\n`;
}
