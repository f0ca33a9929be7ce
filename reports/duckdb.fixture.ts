import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { TestContext } from 'vitest';

/* Readers of the data files that are no dependency of the package. */

const run = promisify(execFile);

/** A test whose tool is not there is told as skipped, with the reason, and does not pass as if it had run. */
export async function needs(
  { skip }: TestContext,
  command: string,
  ...rest: readonly string[]
): Promise<void> {
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

export type Rows = readonly Readonly<Record<string, unknown>>[];

/**
 * The answers of DuckDB, where `npm run setup:tests` has installed it.
 * @param directory that the paths in the queries start from.
 */
export async function duckdb(
  context: TestContext,
  directory: string,
  ...queries: readonly string[]
): Promise<readonly Rows[]> {
  const engine = join(import.meta.dirname, '..', 'node_modules', '@duckdb', 'node-api');
  await needs(context, process.execPath, '-e', `require(${JSON.stringify(engine)})`);
  const { stdout } = await run(process.execPath, ['-e', asking, engine, ...queries], { cwd: directory });
  return JSON.parse(stdout);
}
