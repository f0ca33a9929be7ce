import { execFile } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readIt } from '../../../reports/data-page.fixture.ts';
import { reservedWords } from '../../../reports/sql-keywords.fixture.ts';
import { installationOf } from '../../process-outside.ts';
import { nodeDisk } from '../../run-folder/disk.ts';
import { makeReports, saveReports } from './write-reports.ts';

/* The lines of results/schema/DATA.md that read the files of a run: run on those of the committed one. */

const run = promisify(execFile);
const installation = installationOf(import.meta.dirname);
let top: string;
let folder: string;

beforeAll(async () => {
  top = await mkdtemp(join(tmpdir(), 'bench-read-it-'));
  folder = join(top, 'run');
  for (const name of ['run.json', 'slices.ndjson', 'evidence.ndjson']) {
    await cp(join(installation, 'results', 'sample', name), join(folder, name));
  }
  await saveReports(folder, await makeReports(folder, installation), nodeDisk());
});

afterAll(() => rm(top, { recursive: true, force: true }));

/** A process of its own: DuckDB takes the paths of a query from the directory that it runs in. */
const asking = `
const { DuckDBInstance } = require(process.argv[1]);
(async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const answer = await connection.runAndReadAll(process.argv[2]);
  process.stdout.write(JSON.stringify(answer.getRowObjectsJson()));
})();`;

async function duckdb(query: string): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const engine = createRequire(import.meta.url).resolve('@duckdb/node-api');
  const { stdout } = await run(process.execPath, ['-e', asking, engine, query], { cwd: folder });
  return JSON.parse(stdout);
}

test.each(readIt.duckdb)('DuckDB answers %s', async (query) => {
  const rows = await duckdb(query);
  expect(rows.length).toBeGreaterThan(0);
  expect(rows.filter((row) => Object.values(row).every((value) => value === null))).toEqual([]);
});

test('DuckDB reads every column of the CSV files by its bare name, and true and false as booleans', async () => {
  for (const file of ['summary.csv', 'cases.csv', 'slices.csv']) {
    const columns = await duckdb(`DESCRIBE SELECT * FROM '${file}'`);
    const names = columns.map((it) => String(it['column_name']));
    expect(names.length).toBeGreaterThan(15);
    const [row] = await duckdb(`SELECT ${names.join(', ')} FROM '${file}' LIMIT 1`);
    expect(Object.keys(row ?? {})).toEqual(names);
    const booleans = columns.filter((it) => it['column_type'] === 'BOOLEAN').map((it) => it['column_name']);
    expect(booleans).toEqual(
      { 'summary.csv': ['declared'], 'cases.csv': [], 'slices.csv': ['cpus_exchanged', 'counted'] }[file],
    );
  }
});

test('the list of reserved words is that of the installed DuckDB', async () => {
  const rows = await duckdb(
    "SELECT keyword_name FROM duckdb_keywords() WHERE keyword_category IN ('reserved', 'type_function') ORDER BY ALL",
  );
  expect(rows.map((it) => it['keyword_name'])).toEqual(reservedWords);
});

/** Whether the tool is there: a test of an absent one is told as skipped, with the reason. */
async function absent(...command: readonly [string, ...string[]]): Promise<string | undefined> {
  const [name, ...rest] = command;
  const answered = await run(name, rest).then(
    () => true,
    () => false,
  );
  return answered ? undefined : `\`${command.join(' ')}\` fails here: nothing was run`;
}

test.for(readIt.jq)('jq answers %s', async (line, { skip }) => {
  const why = await absent('jq', '--version');
  if (why !== undefined) skip(why);
  const { stdout } = await run('sh', ['-c', line], { cwd: folder });
  expect(stdout).toMatch(/\S/);
});

test('pandas answers its lines', async ({ skip }) => {
  const why = await absent('python3', '-c', 'import pandas');
  if (why !== undefined) skip(why);
  const { stdout } = await run('python3', ['-c', readIt.pandas.join('\n')], { cwd: folder });
  expect(stdout.split('\n').length).toBeGreaterThan(20);
});
