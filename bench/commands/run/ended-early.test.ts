import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Collected } from '../../collect/collect.ts';
import { Failure } from '../../model/failure.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { nodeDisk } from '../../run-folder/disk.ts';
import { notedDisk } from '../../run-folder/power-cut.fixture.ts';
import { measuredRun } from '../measured-run.fixture.ts';
import { derivedFiles } from '../report/write-reports.ts';
import { recorded } from './measure.ts';
import { reported } from './run.ts';

/* How a run ends whose disk is full or whose folder has gone: with exit 5, the first reason, and where the rest is. */

const complete: Collected = { state: 'complete', failedSlices: 0, slicesSeconds: 1 };
const first = new Failure('unfit', 'cannot write slices.ndjson: no space is left on the disk', {
  hint: 'Free some space.',
});
const stopped: Collected = { ...complete, state: 'partial', reason: first.message, failure: first };
const end = { state: 'partial', endedAt: '2026-11-20T09:36:00.000Z' } as const;
let top: string;
let folder: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'bench-ended-'));
  folder = await measuredRun(top);
});

afterEach(() => rm(top, { recursive: true, force: true }));

function folderThat(finish: () => Promise<void>) {
  return { finish };
}

test('an end that cannot be recorded leaves the first reason the reason', async () => {
  const failing = folderThat(() => Promise.reject(new Failure('unfit', 'cannot write run.json')));
  expect(await recorded(failing, end, stopped)).toEqual(stopped);
  expect(await recorded(failing, end, complete)).toMatchObject({
    state: 'partial',
    reason: 'cannot write run.json',
    failure: { message: 'cannot write run.json' },
  });
  expect(
    await recorded(
      folderThat(async () => {}),
      end,
      complete,
    ),
  ).toEqual(complete);
  const defect = folderThat(() => Promise.reject(new TypeError('x is undefined')));
  await expect(recorded(defect, end, stopped)).rejects.toThrow(TypeError);
});

test('a run that was stopped by its disk: exit 5, its reason with a hint, and where the rest is', async () => {
  const { outside, told } = tellingOutside();
  expect(await reported(folder, stopped, {}, outside)).toBe(5);
  expect(told.stderr).toContain(`bench: the run ended early: ${first.message}\n  Free some space.\n`);
  expect(told.stderr).toContain(`  The data measured before is in ${folder}.\n`);
  expect(await readdir(folder)).toEqual(expect.arrayContaining([...derivedFiles]));
});

test.each([
  ['complete', complete],
  ['stopped', stopped],
] as const)(
  'reports that find no room (%s run): exit 5 with the reason, the result is printed, no half file stays',
  async (_, collected) => {
    const { disk } = notedDisk(folder, {
      refuse: (call, path) => (call === 'append' && /slices\.csv/.test(path) ? 'ENOSPC' : undefined),
    });
    const { outside, told } = tellingOutside({ disk });
    expect(await reported(folder, collected, {}, outside)).toBe(5);
    expect(told.stdout).toContain('nginx, host ');
    expect(told.stderr).toContain(
      `bench: cannot write ${join(folder, 'slices.csv')}: no space is left on the disk\n` +
        `  Make room in the run folder, or make it writable, and run: bench report ${folder}\n`,
    );
    expect(told.stderr.includes('the run ended early')).toBe(collected === stopped);
    const names = await readdir(folder);
    expect(names.filter((name) => name.endsWith('.new'))).toEqual([]);
    expect(names).not.toContain('slices.csv');
  },
);

test('a run of which nothing can be read back: exit 5, the first reason, and that nothing was saved', async () => {
  await rm(folder, { recursive: true });
  const { outside } = tellingOutside();
  await expect(reported(folder, stopped, { json: true }, outside)).rejects.toMatchObject({
    exitCode: 5,
    message: `the run ended early: ${first.message}`,
    hint: expect.stringMatching(/^Free some space\.\nbench cannot read the measured data: no run folder at/),
  });
});

test('through sudo a report belongs to the caller', async () => {
  // Only root gives files away.
  const root = process.geteuid?.() === 0;
  const caller = root
    ? { uid: 12345, gid: 12346 }
    : { uid: process.geteuid?.() ?? 0, gid: process.getegid?.() ?? 0 };
  const { outside } = tellingOutside({ disk: nodeDisk(caller) });
  expect(await reported(folder, complete, {}, outside)).toBe(0);
  for (const name of derivedFiles) expect(await stat(join(folder, name)), name).toMatchObject(caller);
});
