import { expect, test } from 'vitest';
import { type Slice, validityRules } from '../../bench/model/slice.ts';
import { rules } from '../../bench/model/validity-rules.ts';
import { mappedPath, syntheticRun } from '../synthetic-run.fixture.ts';
import { judgeByEvidence } from './path-evidence.ts';
import { ruleSummaries } from './rule-summaries.ts';

const run = syntheticRun({
  seed: 5,
  rounds: 2,
  blocks: 3,
  servers: ['nginx'],
  faultyShare: 0.2,
  disturbed: [{ profile: 'latency', round: 2, block: 3, foreign: 0.25 }],
  failedSlices: 2,
  contradicted: true,
});
const slices = judgeByEvidence(run.slices, run.evidence);

function summaryOf(of: readonly Slice[], rule: string) {
  return ruleSummaries(of).find((it) => it.rule === rule);
}

test('every rule is there, with its limit, also those that no slice broke', () => {
  const all = ruleSummaries(slices);
  const always = validityRules.filter((rule) => rules[rule].seldom !== true);
  expect(all.map(({ rule }) => rule)).toEqual(always);
  expect(all.every(({ limit, looksAt }) => limit !== '' && looksAt !== '')).toBe(true);
  expect(summaryOf(slices, 'cpu_steal')).toMatchObject({ broken: 0, worst: 0 });
});

test('slices that broke a rule are counted under it, with the worst figure', () => {
  const faulty = slices.filter((it) => it.status === 'invalid' && it.reasons[0]?.rule === 'faults');
  expect(summaryOf(slices, 'faults')).toMatchObject({ broken: faulty.length, worst: 3 });
  expect(faulty.length).toBeGreaterThan(0);
  const elsewhere = slices.filter(
    (it) => it.status === 'invalid' && it.path === mappedPath && it.reasons[0]?.rule === 'path_evidence',
  );
  expect(summaryOf(slices, 'path_evidence')).toMatchObject({ broken: elsewhere.length, worst: 1 });
  expect(elsewhere.length).toBeGreaterThan(0);
});

test('a rule says whether it leaves out a block for all or a round of the case', () => {
  expect(summaryOf(slices, 'faults')?.leavesOut).toBe('round');
  expect(summaryOf(slices, 'foreign_cpu')).toMatchObject({ leavesOut: 'block', broken: 4 });
  expect(summaryOf(slices, 'foreign_cpu')?.worst).toBeCloseTo(0.25, 12);
});

test('a figure that a slice does not give is not looked at: failed slices, and pacing of a closed loop', () => {
  const measured = slices.filter(({ status }) => status !== 'failed');
  const paced = measured.filter(({ profile }) => profile === 'steady');
  expect(summaryOf(slices, 'no_responses')?.checked).toBe(measured.length);
  expect(summaryOf(slices, 'littles_law')?.checked).toBe(measured.length - paced.length);
  expect(summaryOf(slices, 'offered_rate')).toMatchObject({ checked: paced.length, broken: 0 });
  const closed = summaryOf(
    slices.filter(({ profile }) => profile !== 'steady'),
    'offered_rate',
  );
  expect(closed).toMatchObject({ checked: 0, broken: 0 });
  expect(closed).not.toHaveProperty('worst');
});

test("the worst of Little's law lies furthest out on either side", () => {
  const [first] = run.slices.filter((it) => it.status === 'completed');
  if (first === undefined) throw new Error('no slice');
  const figured = [0.97, 0.91, 1.005].map((ratio) => ({
    ...first,
    figures: { no_responses: 9, littles_law: ratio },
  }));
  // 0.91 is 0.01 inside the limit, 1.005 is 0.015.
  expect(summaryOf(figured, 'littles_law')?.worst).toBe(0.91);
  const beyond = { ...first, figures: { no_responses: 9, littles_law: 1.3 } };
  expect(summaryOf([...figured, beyond], 'littles_law')?.worst).toBe(1.3);
});
