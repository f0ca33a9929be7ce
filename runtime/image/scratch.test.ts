import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { machineCommander } from '../machine/command.ts';
import { identify } from '../machine/process.ts';
import { thisProcess, wordOf } from '../owner.ts';
import { abandonedScratch, makeScratch, removeScratch } from './scratch.ts';

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-scratch-'));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** A folder as a build leaves it whose process was killed. */
async function abandoned(directory: string, changes = {}): Promise<string> {
  const word = wordOf({ ...(await thisProcess()), startTicks: '1', ...changes });
  const path = join(directory, `bench-image-${word}-abc123`);
  await mkdir(join(path, 'root', 'etc'), { recursive: true });
  await writeFile(join(path, 'root', 'etc', 'hostname'), 'half-made');
  return path;
}

/** Removes what is found whose maker has gone. */
async function cleaned(directory: string): Promise<readonly string[]> {
  const gone = (await abandonedScratch(machineCommander, directory)).filter(({ maker }) => maker === 'gone');
  for (const { remove } of gone) await remove();
  return gone.map(({ name }) => name);
}

test('a folder is made, and removed with all in it', async () => {
  const directory = await temporary();
  const scratch = await makeScratch(directory);
  expect((await stat(scratch)).isDirectory()).toBe(true);
  await writeFile(join(scratch, 'base.tar'), 'archive');
  await removeScratch(machineCommander, scratch);
  expect(await readdir(directory)).toEqual([]);
});

test.each(['/proc', '/nonexistent/tmp'])(
  'where none can be made (%s), TMPDIR is named',
  async (directory) => {
    await expect(makeScratch(directory)).rejects.toMatchObject({
      exitCode: 3,
      message: expect.stringContaining(`cannot create a folder for building the lab image: ENOENT`),
      hint: expect.stringContaining('TMPDIR'),
    });
  },
);

test("what a killed build left goes; a live build's and everybody else's stay", async () => {
  const directory = await temporary();
  const dead = await abandoned(directory);
  const mine = await makeScratch(directory);
  for (const name of ['bench-image-', 'bench-image-1-2-abc123.txt', 'image-a1b2c3']) {
    await mkdir(join(directory, name));
  }
  expect(await cleaned(directory)).toEqual([dead]);
  expect(await readdir(directory)).toHaveLength(4);
  expect((await stat(mine)).isDirectory()).toBe(true);
  expect(await cleaned(directory)).toEqual([]);
});

test('the folder of a build on another machine is kept (temporary directories are shared), that of an earlier version judged', async () => {
  const directory = await temporary();
  const boot = '00000000-0000-0000-0000-000000000001';
  const [far, earlier] = [
    await abandoned(directory, { boot, machine: undefined }),
    join(directory, 'bench-image-999999999-1-abcdef'),
  ];
  await mkdir(earlier);
  expect(await cleaned(directory)).toEqual([earlier]);
  expect((await stat(far)).isDirectory()).toBe(true);
});

test('a program that still works in an abandoned folder is ended first', async () => {
  const directory = await temporary();
  const dead = await abandoned(directory);
  const worker = spawn('sh', ['-c', 'while :; do date > "$1"; done', 'sh', join(dead, 'base.tar')], {
    stdio: 'ignore',
  });
  onTestFinished(() => void worker.kill('SIGKILL'));
  await once(worker, 'spawn');
  const innocent = spawn('sleep', ['600'], { cwd: directory, stdio: 'ignore' });
  onTestFinished(() => void innocent.kill('SIGKILL'));
  await once(innocent, 'spawn');
  expect(await cleaned(directory)).toEqual([dead]);
  expect(await readdir(directory)).toEqual([]);
  expect(await identify(worker.pid ?? 0)).toBeUndefined();
  expect(await identify(innocent.pid ?? 0)).toBeDefined();
});

test('without a temporary directory there is nothing to remove', async () => {
  expect(await abandonedScratch(machineCommander, '/nonexistent/tmp')).toEqual([]);
});
