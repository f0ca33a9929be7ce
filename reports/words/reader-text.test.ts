import { expect, test } from 'vitest';
import { readerText } from './reader-text.ts';

test('words of the code become words of the reader', () => {
  expect(readerText("not measured: the load agent was the limit (99 %, nginx's 80 %)")).toBe(
    "not measured: the load generator was the limit (99 %, nginx's 80 %)",
  );
  expect(
    readerText(
      "the twin, a second identical deployment of host/external, differs from it by 6 % [4, 8], p = 0.012 after Holm's correction over 3 twins",
    ),
  ).toBe(
    "the second copy of host mode, a noise check, differs from it by 6 % [4, 8], p = 0.012 after Holm's correction over 3 noise checks",
  );
  expect(readerText('The widest declared interval is that of nginx on bridge/external/published.')).toBe(
    'The widest interval of a main result is that of nginx on bridge/external/published.',
  );
  expect(readerText('among the declared comparisons of this run that may be chance')).toBe(
    'among the main results of this run that may be chance',
  );
  expect(readerText('Blocks left out for all their paths')).toBe('Blocks discarded for all their paths');
});

test('another sentence stays as it is', () => {
  expect(readerText('2 of 20 blocks do not count for bridge/external/published.')).toBe(
    '2 of 20 blocks do not count for bridge/external/published.',
  );
});
