import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, type TestContext, test } from 'vitest';
import { readIt } from '../../../reports/data-page.fixture.ts';
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

/** A test whose tool is not there is told as skipped, with the reason, and does not pass as if it had run. */
async function needs({ skip }: TestContext, command: string, ...rest: readonly string[]): Promise<void> {
  const answered = await run(command, rest).then(
    () => true,
    () => false,
  );
  if (!answered) skip(`nothing was asked: \`${[command, ...rest].join(' ')}\` fails here`);
}

/** A process of its own: DuckDB takes the paths of a query from the directory that it runs in. */
const asking = `
const { DuckDBInstance } = require(process.argv[1]);
(async () => {
  const connection = await (await DuckDBInstance.create()).connect();
  const answers = [];
  for (const query of process.argv.slice(2)) {
    answers.push((await connection.runAndReadAll(query)).getRowObjectsJson());
  }
  process.stdout.write(JSON.stringify(answers));
})();`;

type Rows = readonly Readonly<Record<string, unknown>>[];

/** The answers of DuckDB, where `npm run setup:tests` has installed it. */
async function duckdb(context: TestContext, ...queries: readonly string[]): Promise<readonly Rows[]> {
  const engine = join(installation, 'node_modules', '@duckdb', 'node-api');
  await needs(context, process.execPath, '-e', `require(${JSON.stringify(engine)})`);
  const { stdout } = await run(process.execPath, ['-e', asking, engine, ...queries], { cwd: folder });
  return JSON.parse(stdout);
}

test('DuckDB answers its lines', async (context) => {
  const answers = await duckdb(context, ...readIt.duckdb);
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
    const [columns = []] = await duckdb(context, `DESCRIBE SELECT * FROM '${file}'`);
    const names = columns.map((it) => String(it['column_name']));
    expect(names.length).toBeGreaterThan(15);
    const [[row] = []] = await duckdb(context, `SELECT ${names.join(', ')} FROM '${file}' LIMIT 1`);
    expect(Object.keys(row ?? {})).toEqual(names);
    const found = columns.filter((it) => it['column_type'] === 'BOOLEAN').map((it) => it['column_name']);
    expect(found).toEqual(booleans);
  },
);

test('the list of reserved words is that of the installed DuckDB', async (context) => {
  const [rows = []] = await duckdb(
    context,
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
