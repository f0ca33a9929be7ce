import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readIt } from '../../../reports/data-page.fixture.ts';
import { duckdb, needs } from '../../../reports/duckdb.fixture.ts';
import { reservedWords } from '../../../reports/sql-keywords.fixture.ts';
import { installationOf } from '../../process-outside.ts';
import { nodeDisk } from '../../run-folder/disk.ts';
import { measuredRun } from '../measured-run.fixture.ts';
import { makeReports, saveReports } from './write-reports.ts';

/* The lines of results/schema/DATA.md that read the files of a run: run on those of a run. */

const run = promisify(execFile);
const installation = installationOf(import.meta.dirname);
let top: string;
let folder: string;

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'bench-read-it-'));
  folder = await measuredRun(top, { rounds: 6, faultyShare: 0.1 });
  await saveReports(folder, await makeReports(folder, installation), nodeDisk());
});

afterAll(() => rm(top, { recursive: true, force: true }));

test('DuckDB answers its lines', async (context) => {
  const answers = await duckdb(context, folder, ...readIt.duckdb);
  for (const [index, rows] of answers.entries()) {
    expect(rows.length, readIt.duckdb[index]).toBeGreaterThan(0);
    expect(rows.filter((row) => Object.values(row).every((value) => value === null))).toEqual([]);
  }
});

test.for([
  { file: 'summary.csv', booleans: ['declared'] },
  { file: 'cases.csv', booleans: [] },
  { file: 'slices.csv', booleans: ['cpus_exchanged', 'counted'] },
])(
  'DuckDB reads every column of $file by its bare name, and true and false as booleans',
  async ({ file, booleans }, context) => {
    const [columns = []] = await duckdb(context, folder, `DESCRIBE SELECT * FROM '${file}'`);
    const names = columns.map((it) => String(it['column_name']));
    expect(names.length).toBeGreaterThan(15);
    const [[row] = []] = await duckdb(context, folder, `SELECT ${names.join(', ')} FROM '${file}' LIMIT 1`);
    expect(Object.keys(row ?? {})).toEqual(names);
    const found = columns.filter((it) => it['column_type'] === 'BOOLEAN').map((it) => it['column_name']);
    expect(found).toEqual(booleans);
  },
);

test('the list of reserved words is that of the installed DuckDB', async (context) => {
  const [rows = []] = await duckdb(
    context,
    folder,
    "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function') ORDER BY ALL",
  );
  expect(rows.map((it) => it['keyword_name'])).toEqual(reservedWords);
});

test.for(readIt.jq)('jq answers %s', async (line, context) => {
  await needs(context, 'jq', '--version');
  const { stdout } = await run('sh', ['-c', line], { cwd: folder });
  expect(stdout).toMatch(/\S/);
});

test('pandas answers its lines', async (context) => {
  await needs(context, 'python3', '-c', 'import pandas');
  const { stdout } = await run('python3', ['-c', readIt.pandas.join('\n')], { cwd: folder });
  expect(stdout.split('\n').length).toBeGreaterThan(20);
});
