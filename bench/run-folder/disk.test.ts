import { lstat, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectory, writeAtomically } from './atomic-file.ts';
import { diskFor, type FileOwner, nodeDisk } from './disk.ts';
import { exampleEvidence, exampleRun, exampleSlice } from './recorded.fixture.ts';
import { createRunFolder } from './run-folder.ts';

const runId = '20261120T093220Z-k3f9';
const self: FileOwner = { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
/** Only root gives files away; anybody else has them already. */
const caller: FileOwner = self.uid === 0 ? { uid: 12345, gid: 12346 } : self;
let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'bench-disk-'));
});

afterEach(() => rm(base, { recursive: true, force: true }));

test("all that is made on the way to a run, and in it, is the owner's; what was there before stays whose it was", async () => {
  await mkdir(join(base, 'before'));
  const results = join(base, 'before', 'made', 'results');
  const folder = await createRunFolder(results, runId, nodeDisk(caller));
  await folder.writeRun(exampleRun(runId));
  await folder.appendSlices(exampleSlice(1));
  await folder.appendEvidence(exampleEvidence(1));
  await rm(results, { recursive: true });
  await expect(folder.appendSlices(exampleSlice(2))).rejects.toThrow('was removed or moved');
  await folder.finish({ state: 'complete', endedAt: '2026-11-20T09:36:00.000Z' });
  const names = await readdir(folder.directory);
  expect(names.sort()).toEqual(['evidence.ndjson', 'run.json', 'slices.ndjson']);
  for (const path of [join(base, 'before', 'made'), results, folder.directory]) {
    expect(await stat(path)).toMatchObject(caller);
  }
  for (const name of names) expect(await stat(join(folder.directory, name)), name).toMatchObject(caller);
  expect(await stat(join(base, 'before'))).toMatchObject(self);
});

test("a link is replaced by a file of the owner's; what it leads to keeps its owner and its text", async () => {
  await writeFile(join(base, 'precious'), 'precious');
  await symlink('precious', join(base, 'link'));
  await writeAtomically(join(base, 'link'), 'report', nodeDisk(caller));
  expect((await lstat(join(base, 'link'))).isFile()).toBe(true);
  expect(await stat(join(base, 'link'))).toMatchObject(caller);
  expect(await stat(join(base, 'precious'))).toMatchObject(self);
  expect(await readFile(join(base, 'precious'), 'utf8')).toBe('precious');
});

test('a file is made, or nothing: no link in its place is followed, not even one that leads nowhere', async () => {
  await symlink(join(base, 'made'), join(base, 'link'));
  await expect(nodeDisk().create(join(base, 'link'))).rejects.toMatchObject({ code: 'EEXIST' });
  expect(await readdir(base)).toEqual(['link']);
});

test('a directory that is there, or that a link leads to, is used as it is', async () => {
  await mkdir(join(base, 'there'));
  await symlink('there', join(base, 'link'));
  await makeDirectory(join(base, 'link'), nodeDisk(caller));
  expect(await stat(join(base, 'there'))).toMatchObject(self);
});

test("what is made in a place of somebody else's is not given to the caller", async () => {
  const other = nodeDisk({ uid: self.uid + 1, gid: self.gid });
  expect((await diskFor(join(base, 'a', 'b'), other)).owner).toBeUndefined();
  const own = nodeDisk(self);
  expect(await diskFor(join(base, 'a', 'b'), own)).toBe(own);
});
