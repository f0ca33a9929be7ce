import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { indexedRun } from '../model/indexed-run.ts';
import { nodeDisk } from './disk.ts';
import { prune } from './prune.ts';
import { exampleRun } from './recorded.fixture.ts';

test('a file that cannot be removed is an error that names it, and the others stay', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'bench-prune-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const name = '20261120T020000Z-aaaa';
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, 'slices.ndjson'), 'x');
  const readOnly = {
    ...nodeDisk(),
    remove: async () => {
      throw Object.assign(new Error('EROFS: read-only file system, unlink'), { code: 'EROFS' });
    },
  };
  const run = indexedRun({ ...exampleRun(name), state: 'complete' }, [], { folder: name, stamp: '' });
  const options = { disk: readOnly, now: Date.parse('2027-01-01'), dryRun: false };
  await expect(prune(folder, [run], { days: 1 }, options)).rejects.toMatchObject({
    kind: 'unfit',
    message: `cannot remove ${join(folder, name, 'slices.ndjson')}: the file system is read-only`,
    hint: expect.stringContaining('Make its folder writable'),
  });
  expect(await readdir(join(folder, name))).toEqual(['slices.ndjson']);
});
