import { expect, test } from 'vitest';
import { groupWarnings } from './grouped-warnings.ts';

test('messages that ask for the same thing share one hint', () => {
  const a = { code: 'failed', message: 'a failed', hint: 'repeat' };
  const b = { code: 'failed', message: 'b failed', hint: 'repeat' };
  const other = { code: 'failed', message: 'c failed', hint: 'look at the log' };
  expect(groupWarnings([a, other, b])).toEqual([
    { code: 'failed', messages: ['a failed', 'b failed'], hint: 'repeat' },
    { code: 'failed', messages: ['c failed'], hint: 'look at the log' },
  ]);
});

test('that a run is partial is told by its banner, not again as a warning', () => {
  expect(groupWarnings([{ code: 'partial-run', message: 'partial', hint: 'repeat' }])).toEqual([]);
});
