import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { dataFileSchema } from '../model/data-keys.ts';
import { installationOf } from '../process-outside.ts';
import { nodeDisk } from '../run-folder/disk.ts';
import { documentSchemas, documentText } from './documents.ts';
import { measuredRun } from './measured-run.fixture.ts';
import { makeReports, saveReports } from './report/write-reports.ts';

test.each(Object.entries(documentSchemas))(
  'the published schema %s is the one in the code',
  async (name, schema) => {
    const published = join(installationOf(import.meta.dirname), 'results', 'schema', `${name}.schema.json`);
    await expect(`${JSON.stringify(dataFileSchema(schema), null, 2)}\n`).toMatchFileSnapshot(published);
  },
);

const results = join(installationOf(import.meta.dirname), 'results');

/** What a stranger has: the published file, and a validator that knows nothing of bench. */
async function validator(kind: string): Promise<z.ZodType> {
  return z.fromJSONSchema(JSON.parse(await readFile(join(results, 'schema', `${kind}.schema.json`), 'utf8')));
}

async function expectValid(file: string, kind: string): Promise<void> {
  const schema = await validator(kind);
  const text = await readFile(file, 'utf8');
  const documents = file.endsWith('.ndjson') ? text.trimEnd().split('\n') : [text];
  for (const [index, document] of documents.entries()) {
    const { error } = schema.safeParse(JSON.parse(document));
    expect(error?.issues ?? [], `${file}, document ${index + 1}`).toEqual([]);
  }
  // It is this kind's schema, and it refuses.
  expect(schema.safeParse({ ...JSON.parse(documents[0] ?? ''), surplus: 1 }).success).toBe(false);
}

const ofRuns = [
  ['run.json', 'run'],
  ['summary.json', 'summary'],
  ['slices.ndjson', 'slice'],
  ['evidence.ndjson', 'evidence'],
] as const;

test.each(ofRuns)('%s of the sample run is valid by its published schema', (file, kind) =>
  expectValid(join(results, 'sample', file), kind),
);

test('so are those of a run with invalid and failed slices', async () => {
  const top = await mkdtemp(join(tmpdir(), 'bench-documents-'));
  try {
    const folder = await measuredRun(top, { faultyShare: 0.1, failedSlices: 3, contradicted: true });
    const installation = installationOf(import.meta.dirname);
    await saveReports(folder, await makeReports(folder, installation), nodeDisk());
    for (const [file, kind] of ofRuns) await expectValid(join(folder, file), kind);
  } finally {
    await rm(top, { recursive: true, force: true });
  }
});

test.each([
  ['repeat', 'calibrate-repeat-output'],
  ['delay', 'calibrate-delay-output'],
  ['cpu', 'calibrate-cpu-output'],
  ['agree', 'agree-output'],
])('results/calibration/%s.json is valid by its published schema', (name, kind) =>
  expectValid(join(results, 'calibration', `${name}.json`), kind),
);

test('a document that is not what its schema says is not printed', () => {
  expect(() => documentText('doctor-output', { findings: [{ level: 'odd' }] })).toThrow(z.ZodError);
  expect(() => documentText('setup-output', {})).toThrow(z.ZodError);
});
