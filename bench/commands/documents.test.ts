import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import * as z from 'zod';
import { dataFileSchema } from '../model/data-keys.ts';
import { installationOf } from '../process-outside.ts';
import { documentSchemas, documentText } from './documents.ts';

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

test.each([
  ['sample/run.json', 'run'],
  ['sample/summary.json', 'summary'],
  ['sample/slices.ndjson', 'slice'],
  ['sample/evidence.ndjson', 'evidence'],
  ['calibration/repeat.json', 'calibrate-repeat-output'],
  ['calibration/delay.json', 'calibrate-delay-output'],
  ['calibration/cpu.json', 'calibrate-cpu-output'],
  ['calibration/agree.json', 'agree-output'],
])('results/%s is valid by its published schema', async (file, kind) => {
  const schema = await validator(kind);
  const text = await readFile(join(results, file), 'utf8');
  const documents = file.endsWith('.ndjson') ? text.trimEnd().split('\n') : [text];
  for (const [index, document] of documents.entries()) {
    const { error } = schema.safeParse(JSON.parse(document));
    expect(error?.issues ?? [], `document ${index + 1}`).toEqual([]);
  }
  // It is this kind's schema, and it refuses.
  expect(schema.safeParse({ ...JSON.parse(documents[0] ?? ''), surplus: 1 }).success).toBe(false);
});

test('a document that is not what its schema says is not printed', () => {
  expect(() => documentText('doctor-output', { findings: [{ level: 'odd' }] })).toThrow(z.ZodError);
  expect(() => documentText('setup-output', {})).toThrow(z.ZodError);
});
