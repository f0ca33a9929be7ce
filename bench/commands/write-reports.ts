import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { buildReportModel } from '../../reports/analysis/build-report-model.ts';
import { renderSlicesCsv, renderSummaryCsv } from '../../reports/csv.ts';
import { renderHtml } from '../../reports/html/render-html.ts';
import { renderSummaryJson } from '../../reports/json.ts';
import { renderMarkdown } from '../../reports/markdown.ts';
import type { ReportModel } from '../../reports/report-model.ts';
import { Failure, messageOf } from '../model/failure.ts';
import { readAndPool } from './read-and-pool.ts';

/** What is derived from a run folder. All of it can be made again with `bench report`. */
export const derivedFiles = [
  'summary.json',
  'summary.csv',
  'slices.csv',
  'summary.md',
  'report.html',
] as const;

/**
 * Reads a run folder and writes all its reports next to it.
 * @param installation where the fonts are.
 */
export async function writeReports(directory: string, installation: string): Promise<ReportModel> {
  const { recorded, pooled } = await readAndPool(directory);
  const model = buildReportModel(recorded, pooled);
  const texts = {
    'summary.json': renderSummaryJson(model),
    'summary.csv': renderSummaryCsv(model),
    'slices.csv': renderSlicesCsv(recorded),
    'summary.md': renderMarkdown(model),
    'report.html': await renderHtml(model, { fontsDirectory: join(installation, 'reports', 'fonts') }),
  } satisfies Record<(typeof derivedFiles)[number], string>;
  for (const [name, text] of Object.entries(texts)) {
    try {
      await writeFile(join(directory, name), text);
    } catch (cause) {
      throw new Failure('unfit', `cannot write ${join(directory, name)}: ${messageOf(cause)}`, {
        hint: 'Make the run folder writable and run `bench report` on it; what was measured is safe.',
        cause,
      });
    }
  }
  return model;
}
