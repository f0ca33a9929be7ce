import { expect, test } from 'vitest';
import { evidenceSchema } from '../bench/model/evidence.ts';
import { runSchema } from '../bench/model/run.ts';
import { type Slice, sliceSchema } from '../bench/model/slice.ts';
import { bridgePath, syntheticRun } from './synthetic-run.fixture.ts';

const options = { seed: 1, rounds: 2, blocks: 2 };

test('a synthetic run follows the schemas of a run folder', () => {
  const { run, slices, evidence } = syntheticRun({
    ...options,
    ...{ faultyShare: 0.2, failedSlices: 1, contradicted: true },
    foreign: { share: 0.06, processes: ['chrome', 'backup'] },
  });
  expect(runSchema.parse(run)).toEqual(run);
  expect(slices.map((it) => sliceSchema.parse(it))).toEqual(slices);
  expect(evidence.map((it) => evidenceSchema.parse(it))).toEqual(evidence);
  expect(new Set(slices.map(({ status }) => status))).toEqual(new Set(['completed', 'invalid', 'failed']));
});

test('on a quiet machine every slice of every profile counts', () => {
  const { slices } = syntheticRun({ ...options, rounds: 6 });
  expect(slices).toHaveLength(6 * 2 * 2 * 3 * 4);
  expect(slices.filter(({ status }) => status !== 'completed')).toEqual([]);
});

test('a fault is that of the slice alone; a disturbed block is that of all that take turns in it', () => {
  const place = { server: 'nginx', profile: 'steady', round: 1, block: 2 } as const;
  const { slices } = syntheticRun({
    ...options,
    faulty: [{ ...place, path: bridgePath, block: 1 }],
    disturbed: [{ ...place, foreign: 0.3 }],
  });
  const broken = slices.flatMap((it) => (it.status === 'invalid' ? [it] : []));
  const isDisturbed = ({ block }: Slice) => block === 2;
  expect(broken.filter((it) => !isDisturbed(it)).map(({ path }) => path)).toEqual([bridgePath]);
  expect(broken.filter(isDisturbed)).toHaveLength(4);
  for (const { server, profile, round } of broken) {
    expect({ server, profile, round }).toEqual({ server: 'nginx', profile: 'steady', round: 1 });
  }
});

test('the same options give the same run, another seed another', () => {
  const first = syntheticRun(options);
  expect(syntheticRun(options)).toEqual(first);
  expect(syntheticRun({ ...options, seed: 2 }).slices).not.toEqual(first.slices);
});
