import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { fakeCommander } from '../machine/commander.fake.ts';
import { assertShort, claim, isClaimed, placeOf, removeMade } from './directories.ts';
import { madeInRun, madeUnmarkedInRun } from './layout.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'bench-directories-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const known = ['engine', 'users'];
const nothing = fakeCommander(() => '');
const place = (path: string) => ({ variable: 'BENCH_RUN_DIR', path });
const of = (value: string | undefined) => placeOf({ BENCH_RUN_DIR: value }, 'BENCH_RUN_DIR', '/run/bench');

test.each([
  [undefined, '/run/bench'],
  ['', '/run/bench'],
  ['/srv/x/', '/srv/x'],
  ['/srv//x/../y', '/srv/y'],
  ['/srv/a b', '/srv/a b'],
])('BENCH_RUN_DIR=%s is %s', (value, path) => {
  expect(of(value)).toEqual({ variable: 'BENCH_RUN_DIR', path });
});

test.each(['run', './x', '/', '//', '/srv/..'])('BENCH_RUN_DIR=%s is refused, and named', (value) => {
  expect(() => of(value)).toThrow(expect.objectContaining({ exitCode: 2 }));
  expect(() => of(value)).toThrow(`BENCH_RUN_DIR=${value} is`);
});

test('a path that no socket below it could have is refused', () => {
  expect(() => assertShort(place(`/${'x'.repeat(69)}`))).not.toThrow();
  expect(() => assertShort(place(`/${'x'.repeat(70)}`))).toThrow(/longer than 70 bytes/);
});

test('a directory that is not there is made, with its parents, and goes again with all that bench made in it', async () => {
  const path = join(parent, 'a', 'run');
  await claim(place(path), known);
  expect(await isClaimed(path)).toBe(true);
  await mkdir(join(path, 'engine', 'deep'), { recursive: true });
  await removeMade(nothing, path, known);
  expect(await readdir(join(parent, 'a'))).toEqual([]);
});

test("a directory with anything of the user's is refused by name, and stays as it was", async () => {
  await writeFile(join(parent, 'keep'), 'mine');
  await mkdir(join(parent, 'engine'));
  await expect(claim(place(parent), known)).rejects.toMatchObject({
    exitCode: 2,
    message: `BENCH_RUN_DIR=${parent} contains files that bench did not create: keep`,
  });
  await removeMade(nothing, parent, known);
  expect((await readdir(parent)).sort()).toEqual(['engine', 'keep']);
});

test('what an earlier version made is taken over by its known names', async () => {
  await mkdir(join(parent, 'engine'));
  await claim(place(parent), known);
  expect(await isClaimed(parent)).toBe(true);
});

test("a directory of the user's is not taken over for a name that only labs use", async () => {
  await mkdir(join(parent, 'files'));
  await expect(claim(place(parent), madeUnmarkedInRun)).rejects.toMatchObject({
    exitCode: 2,
    message: `BENCH_RUN_DIR=${parent} contains files that bench did not create: files`,
  });
  expect(await removeMade(nothing, parent, madeInRun)).toBe(false);
  expect(await readdir(parent)).toEqual(['files']);
});

test("what the user puts into bench's directory later is left there, and the directory with it", async () => {
  const path = join(parent, 'run');
  await claim(place(path), known);
  await writeFile(join(path, 'engine'), '');
  await writeFile(join(path, 'notes'), 'mine');
  await removeMade(nothing, path, known);
  expect((await readdir(path)).filter((name) => !name.startsWith('.'))).toEqual(['notes']);
});

test('a symbolic link of a known name is removed, and what it leads to stays', async () => {
  const path = join(parent, 'run');
  await claim(place(path), known);
  await mkdir(join(parent, 'precious'));
  await writeFile(join(parent, 'precious', 'file'), 'mine');
  await symlink(join(parent, 'precious'), join(path, 'engine'));
  await removeMade(nothing, path, known);
  expect(await readFile(join(parent, 'precious', 'file'), 'utf8')).toBe('mine');
  await expect(readdir(path)).rejects.toThrow('ENOENT');
});

test('what cannot be made is told with the variable', async () => {
  await writeFile(join(parent, 'file'), '');
  await expect(claim(place(join(parent, 'file', 'run')), known)).rejects.toMatchObject({
    exitCode: 2,
    message: expect.stringMatching(/^BENCH_RUN_DIR=.*file\/run cannot be created: ENOTDIR$/),
  });
});
