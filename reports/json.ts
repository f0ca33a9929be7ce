import { printable } from '../bench/model/printable.ts';
import type { ReportModel } from './report-model.ts';

/** summary.json: the summary as it is, base units and full precision, for programs. */
export function renderSummaryJson(model: ReportModel): string {
  return `${printable(JSON.stringify(model.summary, null, 2))}\n`;
}
