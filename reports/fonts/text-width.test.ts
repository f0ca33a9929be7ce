import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { readFontFile } from './font-file.ts';
import { readReportFont, textWidthOf } from './text-width.ts';

const directory = fileURLToPath(new URL('.', import.meta.url));

test('widths grow with the text, the size and the weight', async () => {
  const width = textWidthOf(await readReportFont(directory));
  expect(width('', 12, false)).toBe(0);
  expect(width('iiii', 12, false)).toBeLessThan(width('mmmm', 12, false));
  expect(width('host', 24, false)).toBeCloseTo(2 * width('host', 12, false), 6);
  expect(width('throughput', 12, true)).toBeGreaterThan(width('throughput', 12, false));
});

test('the font has a glyph for every sign that a report prints', async () => {
  const { regular, semiBold } = await readReportFont(directory);
  for (const file of [readFontFile(regular), readFontFile(semiBold)]) {
    expect([...'−–—×±µ≈≤≥≠→←·…%[]~“”’'].filter((sign) => !file.has(sign))).toEqual([]);
    expect(file.has('漢')).toBe(false);
  }
});

/** As fonttools 4.38 prints them: TTFont(…)['hmtx'][getBestCmap()[ord(c)]][0]. */
test('advance widths are those of the font', async () => {
  const { regular, semiBold } = await readReportFont(directory);
  const widths = (bytes: Uint8Array) => [...'iM0−µ'].map((sign) => readFontFile(bytes).advance(sign));
  expect(widths(regular)).toEqual([668, 2504, 1760, 1856, 1752]);
  expect(widths(semiBold)).toEqual([734, 2552, 1878, 1894, 1835]);
  expect(readFontFile(regular).unitsPerEm).toBe(2816);
});

test('a missing font says what to do', async () => {
  await expect(readReportFont('/nowhere')).rejects.toMatchObject({
    kind: 'internal',
    message: expect.stringContaining('/nowhere'),
    hint: expect.stringContaining('install'),
  });
});
