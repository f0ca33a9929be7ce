import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { sideBySide, wrapped } from './side-by-side.ts';

test('lines break at spaces, and long words where they must', () => {
  expect(wrapped('one two three four', 9)).toEqual(['one two', '  three', '  four']);
  expect(wrapped('abcdefghijkl', 5)).toEqual(['abcde', '  fgh', '  ijk', '  l']);
  expect(wrapped('', 5)).toEqual([]);
});

test('no line is wider than asked for, and nothing but spaces is lost', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', ' ', ':', '1') });
  fc.assert(
    fc.property(text, fc.integer({ min: 4, max: 40 }), (line, width) => {
      const lines = wrapped(line, width);
      expect(lines.every((it) => it.length <= width)).toBe(true);
      expect(lines.join('').replaceAll(' ', '')).toBe(line.replaceAll(' ', ''));
    }),
  );
});

test('as many columns as fit; the others follow below with the same rows', () => {
  const column = (title: string) => ({ title, cells: { one: [`${title}1`, 'more'], two: [`${title}2`] } });
  const columns = ['a', 'b', 'c'].map(column);
  expect(sideBySide(columns, ['one', 'two'], 60)).toBe(
    [
      '     a                           b',
      '     ─                           ─',
      'one  a1                          b1',
      '     more                        more',
      'two  a2                          b2',
      '',
      '     c',
      '     ─',
      'one  c1',
      '     more',
      'two  c2',
      '',
    ].join('\n'),
  );
  expect(sideBySide(columns, ['one', 'two'], 10).match(/^one/gm)).toHaveLength(3);
});
