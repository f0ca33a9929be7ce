import { expect, test } from 'vitest';
import { evidenceSchema } from '../bench/model/evidence.ts';
import { runSchema } from '../bench/model/run.ts';
import { sliceSchema } from '../bench/model/slice.ts';
import { syntheticRun } from './synthetic-run.fixture.ts';

const options = { seed: 1, rounds: 2, blocks: 2, invalidShare: 0.2, failedSlices: 1, contradicted: true };

test('a synthetic run follows the schemas of a run folder', () => {
  const { run, slices, evidence } = syntheticRun(options);
  expect(runSchema.parse(run)).toEqual(run);
  expect(slices.map((it) => sliceSchema.parse(it))).toEqual(slices);
  expect(evidence.map((it) => evidenceSchema.parse(it))).toEqual(evidence);
  expect(new Set(slices.map(({ status }) => status))).toEqual(new Set(['completed', 'invalid', 'failed']));
});

test("its slices obey Little's law, so that no rule of validity would take them out", () => {
  for (const slice of syntheticRun({ ...options, invalidShare: 0 }).slices) {
    if (slice.status !== 'completed') continue;
    const inFlight = ((slice.requests / slice.wallSeconds) * slice.latency.meanUs) / 1e6;
    expect(inFlight / slice.connections).toBeGreaterThan(0.9);
    expect(inFlight / slice.connections).toBeLessThan(1.02);
  }
});

test('the same options give the same run, another seed another', () => {
  const first = syntheticRun(options);
  expect(syntheticRun(options)).toEqual(first);
  expect(syntheticRun({ ...options, seed: 2 }).slices).not.toEqual(first.slices);
});
