import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cli } from '../../cli.ts';
import { exportFormats } from '../../model/export-format.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { installationOf } from '../../process-outside.ts';

const sample = join(installationOf(import.meta.dirname), 'results', 'sample');
let top: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'bench-export-'));
});

afterEach(() => rm(top, { recursive: true, force: true }));

async function bench(...argv: string[]) {
  const { outside, told } = tellingOutside({ directory: top, home: top });
  return { exitCode: await cli(argv, outside), ...told };
}

/** A folder of the results directory with the sample's figures and another id. */
async function night(runId: string, change: (text: string) => string = (text) => text): Promise<void> {
  const folder = join(top, 'results', runId);
  for (const name of ['run.json', 'summary.json']) {
    const text = await readFile(join(sample, name), 'utf8');
    const renamed = text.replace(/"run_id": "[^"]+"/, `"run_id": "${runId}"`);
    await cp(join(sample, name), join(folder, name), { recursive: true });
    await writeFile(join(folder, name), change(renamed));
  }
}

test.each(Object.keys(exportFormats))('%s goes to stdout, and nothing else does', async (format) => {
  const { exitCode, stdout, stderr } = await bench('export', sample, '--format', format);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toMatch(/^[[{#a-z].*\n$/s);
});

test('without a run it is the newest one of the results directory', async () => {
  await night('20261101T020000Z-aaaa');
  await night('20261102T020000Z-bbbb');
  const { stdout } = await bench('export', '--format', 'csv-wide');
  expect(stdout.split('\n').map((line) => line.split(',')[1])).toEqual([
    'run_id',
    '20261102T020000Z-bbbb',
    undefined,
  ]);
});

test('with --output it goes to that file, replaces a link, and stdout stays empty', async () => {
  await writeFile(join(top, 'precious'), 'precious');
  await symlink(join(top, 'precious'), join(top, 'badge.json'));
  const { exitCode, stdout } = await bench('export', sample, '--format', 'badge', '-o', 'badge.json');
  expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: '' });
  expect(JSON.parse(await readFile(join(top, 'badge.json'), 'utf8')).schemaVersion).toBe(1);
  expect(await readFile(join(top, 'precious'), 'utf8')).toBe('precious');
});

test('several runs go into one file, each once, and a run that is left out is told on stderr', async () => {
  await night('20261101T020000Z-aaaa', (text) =>
    text.replace('"verdict": "slower"', '"verdict": "untrusted"'),
  );
  await night('20261102T020000Z-bbbb');
  const runs = ['aaaa', 'bbbb', 'results/20261102T020000Z-bbbb'];
  const { stdout, stderr } = await bench('export', ...runs, '--format', 'csv-wide');
  expect(stdout.trimEnd().split('\n')).toHaveLength(2);
  expect(stderr).toMatch(/^bench: 20261101T020000Z-aaaa is left out: it has no trusted nginx:latency:bridge/);
});

test.each([
  [['export', sample], 'export needs --format', 'Formats: csv-long, csv-wide, ndjson'],
  [
    ['export', sample, '--format', 'openmetric'],
    'unknown format "openmetric"',
    'did you mean "openmetrics"?',
  ],
  [
    ['export', sample, '--format', 'ndjson', '--figure', 'ngnix'],
    'no figure has "ngnix" in its name',
    '--explain',
  ],
  [['export', 'nowhere', '--format', 'badge'], 'no run "nowhere"', 'bench run'],
])('%j is refused with what to do', async (argv, message, hint) => {
  const { exitCode, stdout, stderr } = await bench(...argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(message);
  expect(stderr).toContain(hint);
});

test('a format for one run refuses two, and names those that take several', async () => {
  await night('20261101T020000Z-aaaa');
  const { exitCode, stderr } = await bench('export', sample, 'aaaa', '--format', 'bencher');
  expect(exitCode).toBe(2);
  expect(stderr).toContain('bencher holds one run, and 2 were given');
  expect(stderr).toContain('Formats for several: csv-long, csv-wide, ndjson, openmetrics');
});

test.each(['-', '/dev/stdout'])('--output %s is stdout', async (name) => {
  const there = await bench('export', sample, '--format', 'badge', '-o', name);
  expect(there).toEqual(await bench('export', sample, '--format', 'badge'));
});

test('one run in two folders is refused: its figures would count twice', async () => {
  await night('20261101T020000Z-aaaa');
  await cp(join(top, 'results', '20261101T020000Z-aaaa'), join(top, 'copy'), { recursive: true });
  const { exitCode, stdout, stderr } = await bench('export', 'aaaa', './copy', '--format', 'openmetrics');
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toContain(
    `${join(top, 'copy')} hold the same run, 20261101T020000Z-aaaa\n  Name one of them.`,
  );
});

test('of two runs that began at one time, one alone is in OpenMetrics, where a series has one value at a time', async () => {
  await night('20261101T020000Z-aaaa');
  await night('20261102T020000Z-bbbb');
  const { stdout, stderr } = await bench('export', 'aaaa', 'bbbb', '--format', 'openmetrics');
  expect(stderr).toMatch(/^bench: 20261102T020000Z-bbbb is left out: another run began at \S+ too\n$/);
  expect(stdout.match(/^bench_run_start_time_seconds /gm)).toHaveLength(1);
});

test('a file that cannot be written ends with exit 3 and its name', async () => {
  const { exitCode, stderr } = await bench('export', sample, '--format', 'badge', '-o', 'nowhere/badge.json');
  expect(exitCode).toBe(3);
  expect(stderr).toContain(join(top, 'nowhere', 'badge.json'));
});
