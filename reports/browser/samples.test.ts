import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** A clone takes all of them along. */
const mostBytes = 4_000_000;

test('the committed runs stay small', async () => {
  const results = join(import.meta.dirname, '..', '..', 'results');
  const samples = (await readdir(results)).filter((it) => /^(sample|compare)/.test(it));
  expect(samples.toSorted()).toEqual(['compare', 'sample', 'sample-paths', 'sample-waterfall']);
  const files = await Promise.all(
    samples.map(async (name) =>
      (await readdir(join(results, name), { recursive: true })).map((file) => join(results, name, file)),
    ),
  );
  const sizes = await Promise.all(files.flat().map(async (file) => (await stat(file)).size));
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(mostBytes);
});
