import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { readerWords } from './reader-words.ts';

test('README has a row for each word that readers get', async () => {
  const readme = await readFile(new URL('../../README.md', import.meta.url), 'utf8');
  for (const [term, { reader }] of Object.entries(readerWords)) {
    expect(readme).toContain(`| ${reader} | ${term === reader ? '' : `\`${term}\``} |`);
  }
});
