import fc from 'fast-check';
import { expect, test } from 'vitest';
import { oneLine, printable } from './printable.ts';

test('what a terminal would obey is spelt out; lines and tabs stay', () => {
  expect(printable('a\u001b[2Jb\u0007\tc\n')).toBe('a\\u001b[2Jb\\u0007\tc\n');
  // The 8-bit forms of escape sequences, and delete.
  expect(printable('\u009b31m\u007f')).toBe('\\u009b31m\\u007f');
  expect(printable('one\r\ntwo\rthree')).toBe('one\ntwo\\u000dthree');
});

test('text keeps the order in which it is written', () => {
  expect(printable('user\u202exe.txt\u2066 \u200f\u061c')).toBe('user\\u202exe.txt\\u2066 \\u200f\\u061c');
});

test('words inside a sentence hold no line end', () => {
  expect(oneLine('web\nbench: ok\u2028\u001b[1A')).toBe('web bench: ok \\u001b[1A');
});

test('whatever comes in, nothing that is obeyed comes out, and plain text is left alone', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const shown = printable(text);
      expect(shown.replace(/[\n\t]/g, '')).not.toMatch(
        /\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u,
      );
      expect(printable(shown)).toBe(shown);
    }),
  );
  const plain = 'µs ± 2 % → „nginx“ 日本 👩‍💻';
  expect(printable(plain)).toBe(plain);
});

test('JSON means the same afterwards', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.boolean(), (text, indented) => {
      const json = JSON.stringify({ [text]: [text] }, null, indented ? 2 : undefined);
      expect(JSON.parse(printable(json))).toEqual(JSON.parse(json));
    }),
  );
});
