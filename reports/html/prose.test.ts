import { expect, test } from 'vitest';
import { prose } from './prose.ts';

const markup = (text: string) =>
  prose(text)
    .map((it) => it.markup)
    .join('');

test('code in backticks is an element, a lone backtick is a backtick', () => {
  expect(markup('Run `bench doctor` first')).toBe('Run <code>bench doctor</code> first');
  expect(markup('a ` b')).toBe('a ` b');
  expect(markup('`<b>`')).toBe('<code>&lt;b&gt;</code>');
});

test('a number is not parted from its unit and interval', () => {
  expect(markup('costs 16 % [14, 18] and adds 9 µs [7, 11] to 25 requests/s')).toBe(
    'costs 16\u00a0% [14, 18] and adds 9\u00a0µs [7, 11] to 25\u00a0requests/s'.replaceAll(
      /(%|µs) \[(\d+), (\d+)\]/g,
      '$1\u00a0[$2,\u00a0$3]',
    ),
  );
});
