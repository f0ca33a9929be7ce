import { expect, test } from 'vitest';
import { type OutputOptions, outputTo, wantsColor } from './outside.ts';

function writer(options: Partial<OutputOptions> = {}) {
  const written: string[] = [];
  const output = outputTo((text) => written.push(text), {
    isTerminal: false,
    columns: 80,
    color: false,
    ...options,
  });
  return { output, text: () => written.join('') };
}

test('colours of our own pass, and no escape sequence of anybody else, coloured or not', () => {
  const { output, text } = writer({ isTerminal: true, color: true });
  output.write('bench: \u001b]0;pwned\u0007 \u009b2J\n');
  output.write([
    { text: 'nginx\u001b[1A', style: 'bold' },
    { text: '\n', style: 'plain' },
  ]);
  expect(text()).toBe(
    'bench: \\u001b]0;pwned\\u0007 \\u009b2J\n' + '\u001b[1mnginx\\u001b[1A\u001b[0m' + '\n',
  );
});

test('without colour a style leaves no trace', () => {
  const { output, text } = writer();
  output.write([{ text: 'slower', style: 'red' }]);
  expect(text()).toBe('slower');
});

test('a drawn line is drawn over, cut to the terminal, and taken away before anything else is written', () => {
  const { output, text } = writer({ isTerminal: true, columns: 30 });
  output.draw('round 10/12  a long line');
  output.draw('short');
  output.write('warning\n');
  output.draw('x'.repeat(50));
  expect(text()).toBe(
    `\rround 10/12  a long line\rshort${' '.repeat(19)}\r${' '.repeat(5)}\rwarning\n\r${'x'.repeat(29)}`,
  );
});

test('a drawn line holds one line and no escape sequence', () => {
  const { output, text } = writer({ isTerminal: true });
  output.draw('a\u001b[2J\nb  c\rd');
  expect(text()).toBe('\ra\\u001b[2J b  c\\u000dd');
});

test('where there is no terminal nothing is drawn', () => {
  const { output, text } = writer();
  output.draw('round 1');
  output.draw('');
  expect(text()).toBe('');
});

test('colour is for terminals, unless the user says otherwise', () => {
  expect(wantsColor(true, {})).toBe(true);
  expect(wantsColor(false, {})).toBe(false);
  expect(wantsColor(true, { NO_COLOR: '1' })).toBe(false);
  expect(wantsColor(true, { TERM: 'dumb' })).toBe(false);
  expect(wantsColor(false, { FORCE_COLOR: '1' })).toBe(true);
  expect(wantsColor(true, { FORCE_COLOR: '0' })).toBe(false);
  expect(wantsColor(true, { FORCE_COLOR: '1' }, 'never')).toBe(false);
  expect(wantsColor(false, { NO_COLOR: '1' }, 'always')).toBe(true);
});
