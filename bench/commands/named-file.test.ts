import { execFileSync } from 'node:child_process';
import { createReadStream } from 'node:fs';
import { lstat, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { nodeDisk } from '../run-folder/disk.ts';
import { writeNamedFile } from './named-file.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-named-'));
});

afterEach(() => rm(directory, { recursive: true, force: true }));

const write = (name: string) =>
  writeNamedFile({ flag: '--output', name }, 'text\n', { directory, disk: nodeDisk() });

test('a file is made or replaced, and its whole path returned', async () => {
  await writeFile(join(directory, 'old'), 'something longer\n');
  for (const name of ['old', 'new']) {
    expect(await write(name)).toBe(join(directory, name));
    expect(await readFile(join(directory, name), 'utf8')).toBe('text\n');
  }
  expect((await readdir(directory)).sort()).toEqual(['new', 'old']);
});

test('a pipe gets the text and stays a pipe, also behind a link, as /dev/stdout is one', async () => {
  const [pipe, link] = [join(directory, 'pipe'), join(directory, 'link')];
  execFileSync('mkfifo', [pipe]);
  await symlink(pipe, link);
  for (const name of ['pipe', 'link']) {
    const [got] = await Promise.all([text(createReadStream(pipe)), write(name)]);
    expect(got).toBe('text\n');
  }
  expect((await lstat(pipe)).isFIFO()).toBe(true);
  expect((await lstat(link)).isSymbolicLink()).toBe(true);
  expect((await readdir(directory)).sort()).toEqual(['link', 'pipe']);
});

test('a name in /proc is written to, also where it leads to a regular file: so is /dev/stderr', async () => {
  const path = join(directory, 'log');
  const log = await open(path, 'w');
  try {
    await log.write('before\n');
    await write(`/proc/self/fd/${log.fd}`);
    await log.sync();
    expect(await readFile(path, 'utf8')).toBe('before\ntext\n');
  } finally {
    await log.close();
  }
});

test.each([
  ['', 2, '--output names no file: its value is empty'],
  ['-', 2, '--output -: stdout has the result, and this needs a file'],
  ['/dev/stdout', 2, '--output /dev/stdout: stdout has the result, and this needs a file'],
  ['.', 2, '--output .: it is a directory, not a file'],
  ['there/', 2, '--output there/: it is a directory, not a file'],
  ['folder', 2, '--output folder: it is a directory, not a file'],
  ['nowhere/file', 3, /^--output: cannot write .*nowhere\/file: a part of the path does not exist$/],
  ['plain/file', 3, /^--output: cannot write .*plain\/file: a part of the path is a file, not a directory$/],
  ['x'.repeat(300), 3, /: the name is too long$/],
])('%j is refused in plain words, and nothing is left', async (name, exitCode, message) => {
  await mkdir(join(directory, 'folder'));
  await writeFile(join(directory, 'plain'), '');
  await expect(write(name)).rejects.toMatchObject({
    exitCode,
    message: typeof message === 'string' ? message : expect.stringMatching(message),
    hint: 'Name a file in a directory that is there and writable: --output FILE',
  });
  expect((await readdir(directory)).sort()).toEqual(['folder', 'plain']);
});
