import { join } from 'node:path';
import { buildReportModel } from '../../../reports/analysis/build-report-model.ts';
import { renderCasesCsv } from '../../../reports/csv/cases-csv.ts';
import { renderSlicesCsv } from '../../../reports/csv/slices-csv.ts';
import { renderSummaryCsv } from '../../../reports/csv/summary-csv.ts';
import { renderSweepCsv } from '../../../reports/csv/sweep-csv.ts';
import { renderHtml } from '../../../reports/html/render-html.ts';
import { renderSummaryJson } from '../../../reports/json.ts';
import { renderMarkdown } from '../../../reports/markdown.ts';
import type { ReportModel } from '../../../reports/report-model.ts';
import { Failure, messageOf } from '../../model/failure.ts';
import type { Outside } from '../../outside.ts';
import { writeAtomically } from '../../run-folder/atomic-file.ts';
import type { Disk } from '../../run-folder/disk.ts';
import { readRunFolder } from '../../run-folder/read-run-folder.ts';

/** The files derived from a run folder. `bench report` can make all of them again. */
export const derivedFiles = [
  'summary.json',
  'summary.csv',
  'cases.csv',
  'slices.csv',
  'summary.md',
  'report.html',
] as const;

/** Only a run with a sweep has it. */
const sweepFile = 'sweep.csv';

interface Reports {
  readonly model: ReportModel;
  readonly texts: Readonly<Record<(typeof derivedFiles)[number], string> & { [sweepFile]?: string }>;
}

/**
 * Reads a run folder and makes all its reports. Nothing is written yet.
 * @param installation where the fonts are.
 * @throws {Failure} usage, as `readRunFolder`.
 */
export async function makeReports(directory: string, installation: string): Promise<Reports> {
  const recorded = await readRunFolder(directory);
  const model = buildReportModel(recorded);
  const texts = {
    'summary.json': renderSummaryJson(model),
    'summary.csv': renderSummaryCsv(model),
    'cases.csv': renderCasesCsv(model),
    'slices.csv': renderSlicesCsv(recorded, model),
    ...(model.summary.sweep === undefined ? {} : { [sweepFile]: renderSweepCsv(model) }),
    'summary.md': renderMarkdown(model),
    'report.html': await renderHtml(model, { fontsDirectory: fontsOf(installation) }),
  };
  return { model, texts };
}

/**
 * Writes reports into their run folder. Each is written as a whole and replaces any file of its name.
 * @throws {Failure} unfit: the first that cannot be written.
 */
export async function saveReports(directory: string, { texts }: Reports, disk: Disk): Promise<void> {
  for (const [name, text] of Object.entries(texts)) await save(directory, name, text, disk);
}

/** The picture of a run, made on request. */
export const pictureFiles = { svg: 'report.svg', png: 'report.png' } as const;

/**
 * Writes report.svg and report.png into the run folder. It is a step of its own, so that a picture that cannot be
 * drawn costs no report.
 * @throws {Failure} unfit: a file cannot be written, or no PNG can be drawn on this platform.
 */
export async function savePicture(
  directory: string,
  model: ReportModel,
  { installation, disk }: Pick<Outside, 'installation' | 'disk'>,
): Promise<void> {
  const [{ renderPicture }, { pngOf }, { readReportFont }] = await Promise.all([
    import('../../../reports/picture/render-picture.ts'),
    import('../../../reports/picture/png.ts'),
    import('../../../reports/fonts/text-width.ts'),
  ]);
  const fonts = fontsOf(installation);
  const svg = renderPicture(model, await readReportFont(fonts));
  await save(directory, pictureFiles.svg, svg, disk);
  await save(directory, pictureFiles.png, await pngOf(svg, fonts), disk);
}

function fontsOf(installation: string): string {
  return join(installation, 'reports', 'fonts');
}

async function save(
  directory: string,
  name: string,
  content: string | Uint8Array,
  disk: Disk,
): Promise<void> {
  try {
    await writeAtomically(join(directory, name), content, disk);
  } catch (cause) {
    throw new Failure('unfit', messageOf(cause), {
      hint: `Make room in the run folder, or make it writable, and run: bench report ${directory}`,
      cause,
    });
  }
}
