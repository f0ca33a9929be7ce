import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { openFile } from './open-file.ts';

/** A program that notes what it is to open, and exits with this code. */
async function program(exitCode: number) {
  const directory = await mkdtemp(join(tmpdir(), 'bench-open-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const path = join(directory, 'opener');
  await writeFile(path, `#!/bin/sh\nprintf %s "$1" > '${directory}/opened'\nexit ${exitCode}\n`);
  await chmod(path, 0o755);
  return { path, opened: () => readFile(join(directory, 'opened'), 'utf8') };
}

test('the file is given to the program as it is', async () => {
  const { path, opened } = await program(0);
  expect(await openFile("/a b/it's $HOME.html", path)).toBe(true);
  expect(await opened()).toBe("/a b/it's $HOME.html");
});

test('a program that fails, or that is not there, has shown nothing', async () => {
  expect(await openFile('/a', (await program(3)).path)).toBe(false);
  expect(await openFile('/a', '/nonexistent/opener')).toBe(false);
});
