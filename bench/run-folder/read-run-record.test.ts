import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readRunRecord } from './read-run-record.ts';

const sample = join(import.meta.dirname, '../../results/sample');
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'bench-record-'));
  for (const name of ['run.json', 'summary.json']) await copy(name);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

async function copy(name: string): Promise<void> {
  await writeFile(join(folder, name), await readFile(join(sample, name)));
}

async function change(name: string, from: string | RegExp, to: string): Promise<void> {
  const path = join(folder, name);
  const text = await readFile(path, 'utf8');
  expect(text).toMatch(from);
  await writeFile(path, text.replaceAll(from, to));
}

async function failureOf(directory = folder) {
  return readRunRecord(directory).then(
    () => expect.unreachable(),
    ({ kind, message, hint }) => ({ kind, message, hint }),
  );
}

test('run.json and summary.json are enough: the slices of an old run may be pruned', async () => {
  const record = await readRunRecord(folder);
  expect(record.folder).toBe(folder);
  expect(record.run.runId).toBe(record.summary.runId);
  expect(record.summary.overheads.length).toBeGreaterThan(40);
  expect(record.summary.overheads[0]).toMatchObject({ declared: true, ratioLow: expect.any(Number) });
});

test('a run that was killed is partial', async () => {
  await change('run.json', '"state": "complete"', '"state": "running"');
  expect((await readRunRecord(folder)).run.state).toBe('partial');
});

test('without summary.json, the failure says that bench report makes it again', async () => {
  await rm(join(folder, 'summary.json'));
  await copy('slices.ndjson');
  expect(await failureOf()).toEqual({
    kind: 'usage',
    message: `${join(folder, 'summary.json')} is missing`,
    hint: `Make it again from the measured data: bench report ${folder}`,
  });
});

test('without summary.json and slices, the failure says that neither can be made again', async () => {
  await rm(join(folder, 'summary.json'));
  expect((await failureOf()).hint).toMatch(/cannot be made again: restore summary.json or slices.ndjson/);
});

test('a damaged summary names the field, and what makes it again', async () => {
  await copy('slices.ndjson');
  await change('summary.json', /"ratio_low": [\d.]+/g, '"ratio_low": "low"');
  const failure = await failureOf();
  expect(failure.message).toContain(join(folder, 'summary.json'));
  expect(failure.message).toContain('overheads.0');
  expect(failure.hint).toBe(`Make it again from the measured data: bench report ${folder}`);
});

test('a summary of another run is refused', async () => {
  const { runId } = (await readRunRecord(folder)).run;
  await change('summary.json', runId, '20200101T000000Z-aaaa');
  expect((await failureOf()).message).toBe(
    `${join(folder, 'summary.json')} is of run 20200101T000000Z-aaaa, and run.json beside it of run ${runId}`,
  );
});

test('a run of another schema is refused before its summary is read', async () => {
  await change('run.json', '"schema_version": 2', '"schema_version": 3');
  await rm(join(folder, 'summary.json'));
  expect((await failureOf()).message).toMatch(/was written by a newer bench: schema 3, this one reads 2/);
});

test('a folder without run.json is no run folder', async () => {
  await rm(join(folder, 'run.json'));
  expect((await failureOf()).message).toBe(`${folder} is not a run folder: it has no run.json`);
});
