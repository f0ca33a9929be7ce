import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import * as z from 'zod';
import { evidenceSchema } from '../../bench/model/evidence.ts';
import { runSchema } from '../../bench/model/run.ts';
import { summarySchema } from '../../bench/model/summary.ts';
import { readRunFolder } from '../../bench/run-folder/read-run-folder.ts';
import { buildReportModel } from '../analysis/build-report-model.ts';
import type { Distribution, InnerInterval, ReportModel, TimelinePoint } from '../report-model.ts';

/** The committed runs, one of each kind. */
export const sampleNames = ['default', 'waterfall', 'paths'] as const;
export type SampleName = (typeof sampleNames)[number];

const fromTop = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));
export const fontsDirectory = fromTop('reports/fonts');

/** One file holds a compressed report model: the raw slices of all three runs would be too large to commit. */
const modelSchema = z.strictObject({
  run: runSchema,
  summary: summarySchema,
  evidence: z.array(evidenceSchema),
  timeline: z.array(
    z.custom<TimelinePoint>((it) => hasKeys(it, 'case', 'status', 'round', 'order', 'metric')),
  ),
  distributions: z.array(z.custom<Distribution>((it) => hasKeys(it, 'case', 'responses', 'points'))),
  innerIntervals: z.array(
    z.custom<InnerInterval>((it) => hasKeys(it, 'server', 'profile', 'path', 'low', 'high')),
  ),
});

function hasKeys(value: unknown, ...keys: readonly string[]): boolean {
  return typeof value === 'object' && value !== null && keys.every((key) => key in value);
}

/**
 * The report model of a committed run.
 * @throws Error if a compressed model no longer has the shape that renderers read.
 */
export async function sampleModel(name: SampleName): Promise<ReportModel> {
  if (name === 'default') return buildReportModel(await readRunFolder(fromTop('results/sample')));
  const path = `results/sample-${name}/model.json.gz`;
  const text = await promisify(gunzip)(await readFile(fromTop(path)));
  const parsed = modelSchema.safeParse(JSON.parse(text.toString()));
  if (parsed.success) return parsed.data;
  throw new Error(
    `${path} is older than the report model. Make it again from its run folder: npm run sample-model -- RUN ${path}`,
    { cause: parsed.error },
  );
}
