import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { makeDirectory, writeAtomically } from './atomic-file.ts';
import { notedDisk } from './power-cut.fixture.ts';
import { readRunFolder } from './read-run-folder.ts';
import { exampleEvidence, exampleRun, exampleSlice } from './recorded.fixture.ts';
import { createRunFolder } from './run-folder.ts';

/* What is said to be on the disk survives a power cut: it was synced, and so was every name on the way to it. */

const runId = '20261120T093220Z-k3f9';
let base: string;

beforeEach(async () => {
  base = await mkdtemp(join(tmpdir(), 'bench-power-'));
});

afterEach(() => rm(base, { recursive: true, force: true }));

/** The run folder as it is found after the power is back. */
async function afterPowerCut(survivors: ReadonlyMap<string, string>) {
  const place = await mkdtemp(join(base, 'found-'));
  for (const [path, text] of survivors) {
    await mkdir(dirname(join(place, path)), { recursive: true });
    await writeFile(join(place, path), text);
  }
  return readRunFolder(join(place, 'made', 'results', runId));
}

test('slices that ended together are on the disk after one wait for it', async () => {
  const { disk, calls, survivors } = notedDisk(base);
  await using folder = await createRunFolder(base, runId, disk);
  const from = calls.length;
  await folder.appendSlices(exampleSlice(1), exampleSlice(2), exampleSlice(3));
  expect(calls.slice(from).filter((call) => call.startsWith('sync '))).toEqual(['sync slices.ndjson']);
  const lines = survivors().get(join(runId, 'slices.ndjson'))?.trim().split('\n');
  expect(lines).toHaveLength(3);
  await folder.appendSlices();
  expect(calls.filter((call) => call.startsWith('sync ') && call.endsWith('slices.ndjson'))).toHaveLength(1);
});

test('every line that was appended is found after a power cut, in directories that bench has made', async () => {
  const { disk, survivors } = notedDisk(base);
  const folder = await createRunFolder(join(base, 'made', 'results'), runId, disk);
  await folder.writeRun(exampleRun(runId));
  expect((await afterPowerCut(survivors())).run.state).toBe('partial');
  for (const line of [1, 2, 3]) {
    await folder.appendSlices(exampleSlice(line));
    expect((await afterPowerCut(survivors())).slices).toHaveLength(line);
    await folder.appendEvidence(exampleEvidence(line));
    expect((await afterPowerCut(survivors())).evidence).toHaveLength(line);
  }
  await folder.finish({ state: 'complete', endedAt: '2026-11-20T09:36:00.000Z' });
  const { run, slices, evidence } = await afterPowerCut(survivors());
  expect([run.state, slices.length, evidence.length]).toEqual(['complete', 3, 3]);
});

test('a folder that is made anew after it was removed is found after a power cut, with all that was measured', async () => {
  const { disk, survivors } = notedDisk(base);
  const folder = await createRunFolder(join(base, 'made', 'results'), runId, disk);
  await folder.writeRun(exampleRun(runId));
  await folder.appendSlices(exampleSlice(1));
  await folder.appendEvidence(exampleEvidence(1));
  await rm(join(base, 'made'), { recursive: true });
  await folder.finish({ state: 'partial', endedAt: '2026-11-20T09:36:00.000Z' });
  const { run, slices, evidence } = await afterPowerCut(survivors());
  expect([run.state, slices.length, evidence.length]).toEqual(['partial', 1, 1]);
});

test('the end of a run is found after a power cut as well where its room could not be used', async () => {
  const { disk, survivors } = notedDisk(base, {
    refuse: (call) => (call === 'overwrite' ? 'ENOSPC' : undefined),
  });
  const folder = await createRunFolder(join(base, 'made', 'results'), runId, disk);
  await folder.writeRun(exampleRun(runId));
  await folder.finish({ state: 'complete', endedAt: '2026-11-20T09:36:00.000Z' });
  expect((await afterPowerCut(survivors())).run.state).toBe('complete');
});

test('a power cut at any moment finds a replaced file as it was or as it is to be', async () => {
  const found = new Set<string | undefined>();
  const noted = notedDisk(base, { after: () => found.add(noted.survivors().get('file')) });
  await writeAtomically(join(base, 'file'), 'old', noted.disk);
  found.clear();
  await writeAtomically(join(base, 'file'), 'new', noted.disk);
  expect([...found]).toEqual(['old', 'new']);
  expect(await readFile(join(base, 'file'), 'utf8')).toBe('new');
});

test('a file is synced before it gets its name, and its name afterwards', async () => {
  const { disk, calls } = notedDisk(base);
  await writeAtomically(join(base, 'file'), 'text', disk);
  expect(calls.map((call) => call.split(' ')[0])).toEqual([
    'create',
    'append',
    'sync',
    'rename',
    'syncDirectory',
  ]);
});

test('a directory that was made survives together with those above it', async () => {
  const { disk, calls } = notedDisk(base);
  await makeDirectory(join(base, 'a', 'b'), disk);
  const top = base.split('/').at(-1);
  expect(calls).toEqual(['makeDirectory a', `syncDirectory ${top}`, 'makeDirectory b', 'syncDirectory a']);
});
