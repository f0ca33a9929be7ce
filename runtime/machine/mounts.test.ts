import { mkdir, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { mountPoints, mountsIn, parseMountInfo } from './mounts.ts';

test('mount points are read with their blanks, tabs, line feeds and backslashes', () => {
  const text = [
    '22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/root rw',
    '61 22 0:52 / /tmp/a\\040b/run rw - tmpfs tmpfs rw,size=4k',
    '62 22 0:53 / /srv/tab\\011line\\012back\\134slash rw - tmpfs tmpfs rw',
    '63 22 0:54 / /srv/\\134040 rw - tmpfs tmpfs rw',
    '',
  ].join('\n');
  expect(parseMountInfo(text)).toEqual(['/', '/tmp/a b/run', '/srv/tab\tline\nback\\slash', '/srv/\\040']);
});

test('this machine has its mounts, and those of a directory are found by a link to it as well', async () => {
  expect(await mountPoints()).toContain('/proc');
  const directory = await mkdtemp(join(tmpdir(), 'bench-mounts-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  await mkdir(join(directory, 'empty'));
  await symlink('/proc', join(directory, 'link'));
  expect(await mountsIn(join(directory, 'empty'))).toEqual([]);
  expect((await mountsIn(join(directory, 'link'))).at(-1)).toBe('/proc');
  expect(await mountsIn('/pro')).toEqual([]);
});
