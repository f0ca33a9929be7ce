import { expect, test } from 'vitest';
import { type Slice, validityRules } from '../../bench/model/slice.ts';
import { mappedPath, syntheticRun } from '../synthetic-run.fixture.ts';
import { judgeByEvidence } from './path-evidence.ts';
import { ruleSummaries } from './rule-summaries.ts';

const run = syntheticRun({
  seed: 5,
  rounds: 2,
  blocks: 3,
  servers: ['nginx'],
  invalidShare: 0.2,
  failedSlices: 2,
  contradicted: true,
});
const slices = judgeByEvidence(run.slices, run.evidence);

function summaryOf(of: readonly Slice[], rule: string) {
  return ruleSummaries(of).find((it) => it.rule === rule);
}

test('every rule is there, with its limit, also those that no slice broke', () => {
  const all = ruleSummaries(slices);
  expect(all.map(({ rule }) => rule)).toEqual([...validityRules]);
  expect(all.every(({ limit, looksAt }) => limit !== '' && looksAt !== '')).toBe(true);
  expect(summaryOf(slices, 'cpu-steal')).toMatchObject({ broken: 0, worst: 0 });
});

test('slices that broke a rule are counted under it, with the worst figure', () => {
  const faulty = slices.filter((it) => it.status === 'invalid' && it.reasons[0]?.rule === 'faults');
  expect(summaryOf(slices, 'faults')).toMatchObject({ broken: faulty.length, worst: 3 });
  expect(faulty.length).toBeGreaterThan(0);
  const elsewhere = slices.filter(
    (it) => it.status === 'invalid' && it.path === mappedPath && it.reasons[0]?.rule === 'path-evidence',
  );
  expect(summaryOf(slices, 'path-evidence')).toMatchObject({ broken: elsewhere.length, worst: 1 });
  expect(elsewhere.length).toBeGreaterThan(0);
});

test('a figure that a slice does not give is not looked at: failed slices, and pacing of a closed loop', () => {
  const measured = slices.filter(({ status }) => status !== 'failed').length;
  expect(summaryOf(slices, 'littles-law')?.checked).toBe(measured);
  expect(measured).toBeLessThan(slices.length);
  expect(summaryOf(slices, 'offered-rate')).toMatchObject({ checked: 0, broken: 0 });
  expect(summaryOf(slices, 'offered-rate')).not.toHaveProperty('worst');
});

test("the worst of Little's law lies furthest out on either side", () => {
  const [first] = run.slices.filter((it) => it.status === 'completed');
  if (first === undefined) throw new Error('no slice');
  const figured = [0.97, 0.91, 1.005].map((ratio) => ({
    ...first,
    figures: { 'no-responses': 9, 'littles-law': ratio },
  }));
  // 0.91 is 0.01 inside the limit, 1.005 is 0.015.
  expect(summaryOf(figured, 'littles-law')?.worst).toBe(0.91);
  const beyond = { ...first, figures: { 'no-responses': 9, 'littles-law': 1.3 } };
  expect(summaryOf([...figured, beyond], 'littles-law')?.worst).toBe(1.3);
});
