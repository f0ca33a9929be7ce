import { expect, test } from 'vitest';
import { caseId } from '../../bench/model/case.ts';
import { baselinePath, bridgePath, syntheticRun } from '../synthetic-run.fixture.ts';
import { baselineCase, bridgeCase, completedSlice, invalid, mappedCase } from './recorded-case.fixture.ts';
import { recordedCases } from './recorded-cases.ts';

const { plan } = syntheticRun({
  seed: 1,
  rounds: 1,
  blocks: 1,
  servers: ['nginx'],
  profiles: ['latency'],
}).run;

test('cases come in the order of the plan, whatever the order of measurement, then what was not planned', () => {
  const unplanned = { ...bridgeCase, path: 'user-bridge/external/published' };
  const slices = [unplanned, mappedCase, baselineCase].map((it) =>
    completedSlice(it, { round: 1, block: 1 }),
  );
  expect(recordedCases(plan, slices).map((it) => caseId(it.case))).toEqual([
    `nginx ${baselinePath} latency`,
    `nginx ${bridgePath} latency`,
    'nginx mapped/external/published latency',
    'nginx user-bridge/external/published latency',
  ]);
});

test('a planned case without slices is there, so that it can be told; a twin without slices is none', () => {
  const cases = recordedCases(plan, []);
  expect(cases.map((it) => [it.case.role, it.slices.length, it.rounds.size])).toEqual([
    ['baseline', 0, 0],
    ['contender', 0, 0],
    ['contender', 0, 0],
  ]);
});

test('slices are found by round and block, and counted by what became of them', () => {
  const first = completedSlice(baselineCase, { round: 1, block: 1 });
  const second = invalid(completedSlice(baselineCase, { round: 2, block: 3 }), 'faults', '1 timeout');
  const [baseline] = recordedCases(plan, [first, second]);
  expect(baseline?.counts).toEqual({ completed: 1, invalid: 1, failed: 0 });
  expect(baseline?.rounds.get(1)?.get(1)).toBe(first);
  expect(baseline?.rounds.get(2)?.get(3)).toBe(second);
  expect(baseline?.rounds.get(2)?.get(1)).toBeUndefined();
});
