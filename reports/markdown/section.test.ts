import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { fitted, folded, type Section } from './section.ts';

const row = fc.string({ maxLength: 400 }).map((it) => `| ${it.replaceAll('\n', ' ')} |`);
const section: fc.Arbitrary<Section> = fc.record({
  what: fc.constantFrom('Main results', 'Other figures', 'Notes'),
  file: fc.constantFrom('report.html', 'summary.csv', 'summary.json'),
  opening: fc.string({ maxLength: 300 }),
  rows: fc.array(row, { minLength: 1, maxLength: 60 }),
  closing: fc.constant('\n</details>'),
});

test('no text is longer than it may be, and every section is told: by itself, or by the file that has it', () => {
  fc.assert(
    fc.property(
      fc.array(section, { maxLength: 12 }),
      fc.integer({ min: 2_000, max: 20_000 }),
      (sections, most) => {
        const text = fitted(sections, most);
        expect(text.length).toBeLessThanOrEqual(most);
        for (const { what, file, rows } of sections) {
          const whole = rows.every((it) => text.includes(it));
          if (!whole)
            expect(text).toMatch(
              new RegExp(`_${what}: \\d+ of ${rows.length} lines do not fit here\\. .*${file}`),
            );
        }
      },
    ),
  );
});

test('what fits is whole, and what comes first has the room first', () => {
  const parts = ['a', 'b'].map(
    (letter): Section => ({
      what: letter,
      file: 'summary.csv',
      rows: Array.from({ length: 10 }, (_, index) => `${letter}${index} ${'x'.repeat(20)}`),
    }),
  );
  expect(fitted(parts, 2_000)).toBe(`${parts.map(({ rows }) => rows.join('\n')).join('\n\n')}\n`);
  const cut = fitted(parts, 420);
  expect(cut).toMatch(/a9 x+\n\nb0 x+\n/);
  expect(cut).toMatch(
    /b\d x+\n\n_b: \d of 10 lines do not fit here\. The run folder's summary\.csv has all of them\._\n$/,
  );
});

test('a cut table stays a table, and a fold is closed', () => {
  const rows = Array.from({ length: 100 }, (_, index) => [`row ${index}`, 'x'.repeat(50)]);
  const table = folded(
    { what: 'Other figures', file: 'summary.csv' },
    { head: ['a', 'b'], align: ['-', '-:'], rows },
  );
  const text = fitted([table], 1_500);
  expect(text).toMatch(
    /^<details>\n<summary>Other figures<\/summary>\n\n\| a \| b \|\n\| - \| -: \|\n\| row 0 \|/,
  );
  expect(text).toMatch(/x \|\n\n_Other figures: \d+ of 100 lines do not fit here\. .*_\n\n<\/details>\n$/);
  for (const line of text.split('\n').filter((it) => it.startsWith('|')))
    expect(line.split('|')).toHaveLength(4);
});

test('a section without rows is left out', () => {
  expect(fitted([{ what: 'Notes', file: 'report.html', opening: 'Notes', rows: [] }], 100)).toBe('\n');
});
