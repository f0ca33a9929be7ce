import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { patternTest } from './path-pattern.ts';

test.each([
  ['bridge/external/published', 'bridge/external/published', true],
  ['bridge/external', 'bridge/external/published', false],
  ['bridge/*', 'bridge/external/published', true],
  ['*/published', 'bridge/external/published', true],
  ['*', 'host/external', true],
  ['bridge/*/published', 'bridge/external/published', true],
  ['bridge/*/published', 'bridge/published', false],
  ['ab*ba', 'aba', false],
  ['*ext*ext*', 'bridge/external/published', false],
  ['a.c', 'abc', false],
])('%s fits %s: %s', (pattern, path, fits) => {
  expect(patternTest(pattern)(path)).toBe(fits);
});

test('a pattern fits as a regular expression with .* for each * does', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b'), maxLength: 6 });
  const pattern = fc.string({ unit: fc.constantFrom('a', 'b', '*'), maxLength: 6 });
  fc.assert(
    fc.property(pattern, text, (written, path) => {
      const expected = new RegExp(`^${written.replaceAll('*', '.*')}$`).test(path);
      expect(patternTest(written)(path)).toBe(expected);
    }),
  );
});

test('a pattern of many stars is answered at once', () => {
  const stars = '*'.repeat(10_000);
  expect(patternTest(`${stars}x`)('bridge/external/published')).toBe(false);
  expect(patternTest(stars)('bridge/external/published')).toBe(true);
});
