import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { poolLatencies } from '../../reports/analysis/pooled-latencies.ts';
import { recordedCases } from '../../reports/analysis/recorded-cases.ts';
import { listFigures } from '../../reports/explanation/explain.ts';
import { bundled } from '../bundled.fixture.ts';
import { caseId } from '../model/case.ts';
import { installationOf } from '../process-outside.ts';
import { readRunFolder } from '../run-folder/read-run-folder.ts';
import { readAndPool } from './read-and-pool.ts';

const sample = join(installationOf(import.meta.dirname), 'results', 'sample');

let directory: string;
let program: URL;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-pooling-'));
  const worker = join(import.meta.dirname, 'pooling-worker.ts');
  program = pathToFileURL(await bundled(worker, join(directory, 'pooling-worker.mjs')));
});
afterAll(async () => {
  await rm(directory, { recursive: true, force: true });
});

test('what the thread pools is what the analysis would pool, and the analysis takes it', async () => {
  const { recorded, pooled } = await readAndPool(sample, { fromBytes: 0, program });
  const cases = recordedCases(recorded.run.plan, recorded.slices);
  const byHand = poolLatencies(cases).distributions;
  const taken = poolLatencies(cases, pooled).distributions;
  expect(taken).toEqual(byHand);
  expect(taken).toHaveLength(16);
  for (const { case: subject, points } of taken) expect(points).toBe(pooled?.get(caseId(subject))?.points);
  expect(listFigures(recorded, pooled)).toEqual(listFigures(recorded));
});

test('a short run has no thread', async () => {
  const nowhere = new URL('file:///nowhere.mjs');
  const read = await readAndPool(sample, { fromBytes: Number.POSITIVE_INFINITY, program: nowhere });
  expect(read).toEqual({ recorded: await readRunFolder(sample) });
});

test('a thread that cannot run is an error, and nobody waits for it', async () => {
  const nowhere = new URL('file:///nowhere.mjs');
  await expect(readAndPool(sample, { fromBytes: 0, program: nowhere })).rejects.toThrow('nowhere.mjs');
});

test('a histogram that cannot be decoded is left to the analysis, which shows it', async () => {
  const copy = join(directory, 'copy');
  await cp(sample, copy, { recursive: true });
  const slices = join(copy, 'slices.ndjson');
  const text = await readFile(slices, 'utf8');
  await writeFile(slices, text.replace(/"histogram":"[^"]+"/, '"histogram":"bm90IGEgaGlzdG9ncmFt"'));
  const { recorded, pooled } = await readAndPool(copy, { fromBytes: 0, program });
  expect(pooled).toBeUndefined();
  expect(() => listFigures(recorded, pooled)).toThrow('not an encoded latency histogram');
});
