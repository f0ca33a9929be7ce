import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import * as z from 'zod';
import { cli } from '../cli.ts';
import { type CommandRow, commandRows } from '../command-table.ts';
import { tellingOutside } from '../outside.fixture.ts';
import { installationOf } from '../process-outside.ts';
import { measuredRun } from './measured-run.fixture.ts';

/*
 * Every command with --json prints exactly one document, which is valid by its published schema. So is what it prints
 * where it fails.
 */

const rows: readonly CommandRow[] = commandRows;
const commands = rows.filter(({ options }) => options.includes('json')).map(({ name }) => name);

/** Commands whose document is that of a run. All others have a schema of their own. */
const ofRuns: readonly string[] = ['run', 'report'];

/** Arguments with which a command ends well on a machine without an engine. */
const withoutEngine: Readonly<Record<string, readonly string[]>> = {
  init: [],
  plan: [],
  report: ['RUN'],
  trace: ['SERVER'],
  doctor: [],
  clean: ['--dry-run'],
  compare: ['FIRST', 'SECOND'],
  gate: ['FIRST'],
  history: ['NIGHTS'],
};

/** What a stranger has: the published file, and a validator that knows nothing of bench. */
async function published(name: string): Promise<z.ZodType> {
  const file = join(installationOf(import.meta.dirname), 'results', 'schema', `${name}.schema.json`);
  return z.fromJSONSchema(JSON.parse(await readFile(file, 'utf8')));
}

const asserting = `gate:
  - metric: latency_p50_us
    path: '*'
    maxOverhead: 90%
`;

async function bench(argv: readonly string[]) {
  const top = await mkdtemp(join(tmpdir(), 'bench-json-'));
  onTestFinished(() => rm(top, { recursive: true }));
  const folder = argv.includes('RUN') ? await measuredRun(join(top, 'results')) : '';
  const server = createServer((_, response) => response.end());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => new Promise<void>((resolve) => void server.close(() => resolve())));
  const address = server.address();
  const recorded = join(installationOf(import.meta.dirname), 'results', 'compare');
  // A history writes its index beside the runs.
  if (argv[0] === 'history') await cp(recorded, join(top, 'nights'), { recursive: true });
  if (argv[0] === 'gate') await writeFile(join(top, 'bench.config.yaml'), asserting);
  const [first = '', second = ''] = (await readdir(recorded)).sort();
  const places: Readonly<Record<string, string>> = {
    NIGHTS: join(top, 'nights'),
    FIRST: join(recorded, first),
    SECOND: join(recorded, second),
    RUN: folder,
    SERVER: `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
  };
  const env = { DOCKER_HOST: 'unix:///nonexistent/docker.sock' };
  const { outside, told } = tellingOutside({ directory: top, home: top, env });
  const exitCode = await cli(
    argv.map((word) => places[word] ?? word),
    outside,
  );
  return { exitCode, ...told };
}

async function expectValid(schema: string, stdout: string): Promise<void> {
  // One document: JSON.parse refuses anything behind it.
  const { error } = (await published(schema)).safeParse(JSON.parse(stdout));
  expect(error?.issues ?? []).toEqual([]);
}

test('the arguments of this test are those of commands that have --json', () => {
  expect(commands.length).toBeGreaterThan(9);
  expect(commands).toEqual(expect.arrayContaining([...Object.keys(withoutEngine), ...ofRuns]));
});

test.each(commands)('%s --json prints one document of its published schema', async (command) => {
  const schema = ofRuns.includes(command) ? 'summary' : `${command}-output`;
  const argv = withoutEngine[command];
  const { stdout } = await bench([command, ...(argv ?? []), '--json']);
  if (argv !== undefined) return expectValid(schema, stdout);
  // An engine test has its document, which this one refuses. Here its failure is the document.
  await expectValid('error-output', stdout);
  expect((await published(schema)).safeParse(JSON.parse(stdout)).success).toBe(false);
});

test.each([
  ['figures-output', ['report', 'RUN', '--explain']],
  ['explanation-output', ['report', 'RUN', '--explain', 'run:rounds']],
])('%s: what --explain prints', async (schema, argv) => {
  const { stdout } = await bench([...argv, '--json']);
  await expectValid(schema, stdout);
});

test.each(commands)('%s --json with an option that does not exist is one error document', async (command) => {
  const { exitCode, stdout } = await bench([command, '--json', '--no-such-option']);
  expect(exitCode).toBe(2);
  await expectValid('error-output', stdout);
});
