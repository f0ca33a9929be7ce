import { expect, test } from 'vitest';
import type { InvalidReason, Slice } from '../../bench/model/slice.ts';
import { leftOut } from './left-out.ts';
import { baselineCase, completedSlice, groupOf } from './recorded-case.fixture.ts';

function invalid(block: number, reasons: InvalidReason[]): Slice {
  return { ...completedSlice(baselineCase, { round: 1, block }), status: 'invalid', reasons };
}

test('a slice is under every rule that it broke, and under each once', () => {
  const slices: readonly Slice[] = [
    completedSlice(baselineCase, { round: 1, block: 1 }),
    invalid(2, [
      { rule: 'path_evidence', message: 'no packet by DNAT' },
      { rule: 'path_evidence', message: 'no packet on the bridge' },
      { rule: 'faults', message: '2 timeouts' },
    ]),
    invalid(3, [{ rule: 'path_evidence', message: 'another stack' }]),
  ];
  expect(leftOut([groupOf(slices).baseline.recorded])).toEqual([
    { case: baselineCase, rule: 'path_evidence', slices: 2, example: 'no packet by DNAT' },
    { case: baselineCase, rule: 'faults', slices: 1, example: '2 timeouts' },
  ]);
});
