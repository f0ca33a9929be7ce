import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { errorCode, systemWords } from './system-error.ts';

function thrownBy(action: () => unknown): unknown {
  try {
    return action();
  } catch (error) {
    return error;
  }
}

test.each([
  ['ENOENT', () => readdirSync('/nonexistent/bench'), 'a part of the path does not exist'],
  [
    'ENOTDIR',
    () => readFileSync(`${import.meta.filename}/x`),
    'a part of the path is a file, not a directory',
  ],
  ['EISDIR', () => readFileSync(import.meta.dirname), 'it is a directory'],
])('%s is said in words', (code, action, words) => {
  const error = thrownBy(action);
  expect(errorCode(error)).toBe(code);
  expect(systemWords(error)).toBe(words);
});

test('any other error keeps its message', () => {
  expect(systemWords(Object.assign(new Error('odd'), { code: 'EODD' }))).toBe('odd');
  expect(systemWords('text')).toBe('text');
});
