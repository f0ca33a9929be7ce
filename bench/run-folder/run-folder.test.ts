import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { bundled } from '../bundled.fixture.ts';
import { loadProfiles } from '../model/profile.ts';
import { nodeDisk } from './disk.ts';
import { notedDisk } from './power-cut.fixture.ts';
import { readRunFolder } from './read-run-folder.ts';
import { exampleEvidence, exampleRun, exampleSlice } from './recorded.fixture.ts';
import { createRunFolder as createOn } from './run-folder.ts';
import { newRunId } from './run-id.ts';
import { writeFailure } from './write-failure.ts';

const runId = '20261120T093220Z-k3f9';
const createRunFolder = (directory: string, id: string, disk = nodeDisk()) => createOn(directory, id, disk);
let results: string;

beforeEach(async () => {
  results = await mkdtemp(join(tmpdir(), 'bench-results-'));
});

afterEach(async () => {
  await rm(results, { recursive: true, force: true });
});

test('what was written is read back', async () => {
  const folder = await createRunFolder(join(results, 'made', 'on the way'), runId);
  await folder.writeRun(exampleRun(runId));
  await folder.appendSlices(exampleSlice(1));
  await folder.appendEvidence(exampleEvidence(1));
  await folder.appendSlices(exampleSlice(2));
  const end = {
    state: 'complete',
    endedAt: '2026-11-20T09:36:00.000Z',
    timing: { totalSeconds: 220, slicesSeconds: 200 },
  } as const;
  await folder.finish(end);

  expect(await readRunFolder(folder.directory)).toEqual({
    run: { ...exampleRun(runId), ...end },
    slices: [exampleSlice(1), exampleSlice(2)],
    evidence: [exampleEvidence(1)],
    warnings: [],
  });
  expect((await readdir(folder.directory)).sort()).toEqual(['evidence.ndjson', 'run.json', 'slices.ndjson']);
});

test('files have keys in snake_case; keys that are data stay as they are', async () => {
  const folder = await createRunFolder(results, runId);
  const run = exampleRun(runId);
  const sysctls = { 'net.ipv4.ip_forward': '1', camelCase: 'kept' };
  await folder.writeRun({ ...run, environment: { ...run.environment, sysctls } });
  await folder.appendSlices(exampleSlice(1));
  await folder.appendEvidence(exampleEvidence(1));
  await folder.finish({ state: 'complete', endedAt: '2026-11-20T09:36:00.000Z' });
  const read = async (name: string) => JSON.parse(await readFile(join(folder.directory, name), 'utf8'));
  expect(await read('run.json')).toMatchObject({
    schema_version: 2,
    run_id: runId,
    plan: { profiles: [{ declared_metric: 'latency_p50_us' }], slice_seconds: 0.4 },
    environment: { cpu_count: 2, sysctls },
  });
  expect(await read('slices.ndjson')).toMatchObject({
    wall_seconds: 0.4,
    latency: { p50_us: expect.any(Number) },
    cpu: { server_seconds: 0.11 },
    machine: { foreign_seconds: 0.02 },
  });
  const keys: string[] = [];
  for (const name of ['run.json', 'slices.ndjson', 'evidence.ndjson']) {
    JSON.parse(await readFile(join(folder.directory, name), 'utf8'), (key, value: unknown) => {
      keys.push(key);
      return value;
    });
  }
  expect(keys.filter((key) => /[A-Z]/.test(key))).toEqual(['camelCase']);
});

test('rates that a run finds are in run.json at once, in its command as well, and stay', async () => {
  const folder = await createRunFolder(results, runId);
  const run = exampleRun(runId);
  await folder.writeRun({ ...run, plan: { ...run.plan, profiles: [loadProfiles.steady] } });
  const before = await readRunFolder(folder.directory);
  expect(before.run).not.toHaveProperty('rates');
  await folder.noteRates({ rates: { nginx: 12_000 } });
  const written = JSON.parse(await readFile(join(folder.directory, 'run.json'), 'utf8'));
  expect(written).toMatchObject({ state: 'running', rates: { nginx: 12_000 } });
  expect(written.command).toContain(' --rate nginx=12000 ');
  await folder.finish({ state: 'complete', endedAt: '2026-11-20T09:36:00.000Z' });
  const { run: read } = await readRunFolder(folder.directory);
  expect(read).toMatchObject({ state: 'complete', rates: { nginx: 12_000 }, command: written.command });
});

test('rates that could not be written when they were found are written at the end', async () => {
  const folder = await createRunFolder(join(results, 'made'), runId);
  await folder.writeRun(exampleRun(runId));
  await rm(join(results, 'made'), { recursive: true });
  await expect(folder.noteRates({ rates: { nginx: 12_000 } })).rejects.toMatchObject({ kind: 'unfit' });
  await folder.finish({ state: 'partial', endedAt: '2026-11-20T09:36:00.000Z' });
  expect((await readRunFolder(folder.directory)).run.rates).toEqual({ nginx: 12_000 });
});

test('where no directory can be made, that is told at once', async () => {
  await expect(createRunFolder('/proc/bench-results', runId)).rejects.toMatchObject({
    exitCode: 3,
    message: expect.stringContaining(`cannot write /proc/bench-results/${runId}`),
  });
  await writeFile(join(results, 'file'), '');
  await expect(createRunFolder(join(results, 'file'), runId)).rejects.toMatchObject({ exitCode: 3 });
});

test('an interrupted run says why it is partial', async () => {
  const folder = await createRunFolder(results, runId);
  await folder.writeRun(exampleRun(runId));
  await folder.finish({ state: 'partial', stateReason: 'interrupted', endedAt: '2026-11-20T09:33:00.000Z' });

  const { run, warnings } = await readRunFolder(folder.directory);
  expect(run).toMatchObject({ state: 'partial', stateReason: 'interrupted' });
  expect(warnings).toEqual([]);
});

test('lines that are appended at once do not interleave', async () => {
  const folder = await createRunFolder(results, runId);
  await folder.writeRun(exampleRun(runId));
  const numbers = Array.from({ length: 40 }, (_, index) => index + 1);
  await Promise.all(numbers.map((number) => folder.appendSlices(exampleSlice(number))));
  await folder.close();

  const { slices } = await readRunFolder(folder.directory);
  expect(slices.map(({ position }) => position)).toEqual(numbers);
});

test('a slice that could not be read back is refused before it is written', async () => {
  const folder = await createRunFolder(results, runId);
  await folder.appendSlices(exampleSlice(1));
  await expect(folder.appendSlices({ ...exampleSlice(2), round: Number.NaN })).rejects.toThrow('round');
  await folder.close();

  const lines = (await readFile(join(folder.directory, 'slices.ndjson'), 'utf8')).split('\n');
  expect(lines).toHaveLength(2);
});

test('a run is never written over another', async () => {
  await createRunFolder(results, runId);
  await expect(createRunFolder(results, runId)).rejects.toMatchObject({
    kind: 'unfit',
    message: `cannot write ${join(results, runId)}: it already exists`,
  });
});

test('a results directory that is a file is named', async () => {
  const file = join(results, 'file');
  await writeFile(file, '');
  await expect(createRunFolder(join(file, 'results'), runId)).rejects.toMatchObject({
    kind: 'unfit',
    message: `cannot write ${join(file, 'results', runId)}: a part of the path is a file, not a directory`,
    hint: 'Name another directory with --out.',
  });
});

test('a full disk is named, with what to do', async () => {
  const { disk } = notedDisk(results, {
    refuse: (call, path) => (call === 'append' && path.endsWith('slices.ndjson') ? 'ENOSPC' : undefined),
  });
  const folder = await createRunFolder(results, runId, disk);
  const full = {
    kind: 'unfit',
    message: `cannot write ${join(folder.directory, 'slices.ndjson')}: no space is left on the disk`,
    hint: 'Free some space, or write to another disk with --out.',
  };
  await expect(folder.appendSlices(exampleSlice(1))).rejects.toMatchObject(full);
  await expect(folder.appendSlices(exampleSlice(2))).rejects.toMatchObject(full);
  await folder.appendEvidence(exampleEvidence(1));
  await folder.close();
  expect(await readFile(join(folder.directory, 'evidence.ndjson'), 'utf8')).toContain('198.18.0.1');
});

test('a line for which there is no room is cut off: the file stays whole', async () => {
  const program = await bundled(
    join(import.meta.dirname, 'endless-writer.fixture.ts'),
    join(results, 'writer.mjs'),
  );
  const command = `ulimit -f 120 && exec "${process.execPath}" "${program}" "${results}" ${runId}`;
  const writer = spawn('sh', ['-c', command], { stdio: ['ignore', 'pipe', 'pipe'] });
  const [output, errors, [exitCode]] = await Promise.all([
    text(writer.stdout),
    text(writer.stderr),
    once(writer, 'exit'),
  ]);

  expect(exitCode).toBe(1);
  expect(errors).toContain('slices.ndjson: the file has reached its size limit');
  const reported = output.trim().split('\n').length;
  expect(reported).toBeGreaterThan(5);
  const { slices, warnings } = await readRunFolder(join(results, runId));
  expect(slices).toHaveLength(reported);
  expect(warnings.map(({ code }) => code)).toEqual(['unfinished-run']);
});

test('the end of a run is written on a disk that has filled meanwhile', async () => {
  let full = false;
  const { disk } = notedDisk(results, {
    // Nothing new fits; what is there can be written over.
    refuse: (call) => (full && (call === 'append' || call === 'create') ? 'ENOSPC' : undefined),
  });
  const folder = await createRunFolder(results, runId, disk);
  await folder.writeRun(exampleRun(runId));
  await folder.appendSlices(exampleSlice(1));
  full = true;
  await expect(folder.appendSlices(exampleSlice(2))).rejects.toThrow('no space is left');
  await folder.finish({ state: 'partial', stateReason: 'disk full', endedAt: '2026-11-20T09:36:00.000Z' });
  const { run, slices } = await readRunFolder(folder.directory);
  expect(run).toMatchObject({ state: 'partial', stateReason: 'disk full' });
  expect(slices).toEqual([exampleSlice(1)]);
  expect((await readdir(folder.directory)).sort()).toEqual(['evidence.ndjson', 'run.json', 'slices.ndjson']);
});

test('a folder that is removed is noticed at the next line, and made anew with all that was measured', async () => {
  const folder = await createRunFolder(join(results, 'made'), runId);
  await folder.writeRun(exampleRun(runId));
  await folder.appendSlices(exampleSlice(1));
  await folder.appendEvidence(exampleEvidence(1));
  await rm(join(results, 'made'), { recursive: true });
  const gone = {
    kind: 'unfit',
    message: `${join(folder.directory, 'slices.ndjson')} was removed or moved while bench was writing to it`,
    hint: 'Leave the run folder where it is until the run has ended.',
  };
  await expect(folder.appendSlices(exampleSlice(2))).rejects.toMatchObject(gone);
  await folder.finish({ state: 'partial', endedAt: '2026-11-20T09:36:00.000Z' });
  const { run, slices, evidence } = await readRunFolder(folder.directory);
  expect(run.state).toBe('partial');
  expect(slices).toEqual([exampleSlice(1), exampleSlice(2)]);
  expect(evidence).toEqual([exampleEvidence(1)]);
});

test('a folder that is removed before its first evidence loses none', async () => {
  const folder = await createRunFolder(join(results, 'made'), runId);
  await folder.writeRun(exampleRun(runId));
  await folder.appendSlices(exampleSlice(1));
  await rm(join(results, 'made'), { recursive: true });
  await expect(folder.appendEvidence(exampleEvidence(1))).rejects.toThrow('was removed or moved');
  await folder.finish({ state: 'partial', endedAt: '2026-11-20T09:36:00.000Z' });
  const { slices, evidence } = await readRunFolder(folder.directory);
  expect({ slices, evidence }).toEqual({ slices: [exampleSlice(1)], evidence: [exampleEvidence(1)] });
});

test('a folder that is moved is noticed as well, and so is one in the place of which another stands', async () => {
  const folder = await createRunFolder(results, runId);
  await folder.writeRun(exampleRun(runId));
  await folder.appendSlices(exampleSlice(1));
  await rename(folder.directory, join(results, 'elsewhere'));
  await mkdir(folder.directory);
  await writeFile(join(folder.directory, 'slices.ndjson'), 'of somebody else');
  await expect(folder.appendSlices(exampleSlice(2))).rejects.toThrow('was removed or moved');
  // Nothing of anybody's is written over.
  await expect(
    folder.finish({ state: 'partial', endedAt: '2026-11-20T09:36:00.000Z' }),
  ).rejects.toMatchObject({
    kind: 'unfit',
    message: expect.stringContaining('it already exists'),
  });
  expect(await readFile(join(folder.directory, 'slices.ndjson'), 'utf8')).toBe('of somebody else');
  await folder.close();
});

test.each([
  ['EROFS', 'the file system is read-only'],
  ['EACCES', 'permission denied'],
  ['EDQUOT', 'the disk quota is used up'],
])('%s is put in words', (code, words) => {
  const cause = Object.assign(new Error(`${code}: as the system says it`), { code });
  const failure = writeFailure('results/run.json', cause);
  expect(failure.message).toBe(`cannot write results/run.json: ${words}`);
  expect(failure.hint).toContain('--out');
  expect(failure.cause).toBe(cause);
});

test('run ids are UTC time and four random characters, and sort by time', () => {
  const early = newRunId(
    () => new Date('2026-11-20T09:32:20.999Z'),
    () => 0.5,
  );
  const late = newRunId(
    () => new Date('2026-11-20T10:00:00.000Z'),
    () => 0,
  );
  expect(early).toBe('20261120T093220Z-iiii');
  expect(late).toBe('20261120T100000Z-0000');
  expect([late, early].sort()).toEqual([early, late]);
});

test('the folder is made readable even where nothing was measured', async () => {
  const folder = await createRunFolder(results, runId);
  await folder.writeRun(exampleRun(runId));
  await folder.close();
  await mkdir(join(folder.directory, 'not ours'));
  const { slices, evidence } = await readRunFolder(folder.directory);
  expect([slices, evidence]).toEqual([[], []]);
});
