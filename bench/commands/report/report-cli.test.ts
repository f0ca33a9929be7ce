import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { bench, benchWith } from '../../cli.fixture.ts';
import { cli } from '../../cli.ts';
import { explanationSchema } from '../../model/explanation.ts';
import { figureListSchema } from '../../model/figure.ts';
import { validityRules } from '../../model/slice.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { measuredRun } from '../measured-run.fixture.ts';
import { printed } from '../printed.fixture.ts';

/** The folder of a run that is there for one test. */
async function someRun(): Promise<string> {
  const results = await mkdtemp(join(tmpdir(), 'bench-cli-'));
  onTestFinished(() => rm(results, { recursive: true }));
  return measuredRun(results, { rounds: 6 });
}

test('report --explain lists the figures of a run, and with one says how it came about', async () => {
  const run = await someRun();
  const list = await bench('report', run, '--explain', '--json');
  const { figures } = printed(figureListSchema, list.stdout);
  const figure = 'nginx:latency:bridge/external/published:latency_p50_us';
  expect(figures.map((it) => it.figure)).toContain(figure);
  const text = await bench('report', run, '--explain', figure);
  expect(text).toMatchObject({ exitCode: 0, stderr: '' });
  expect(text.stdout).toContain('bridge/external/published against host/external');
  const json = await bench('report', run, '--explain', figure, '--json');
  const { reported } = printed(explanationSchema, json.stdout);
  expect(reported).toEqual(figures.find((it) => it.figure === figure)?.reported);
});

test('report --explain with a part of a name lists the figures that have it, and explains any of them', async () => {
  const run = await someRun();
  const found = await bench('report', run, '--explain', 'rule:');
  // One load generator has no windows beside those of another.
  const judged = validityRules.filter((rule) => rule !== 'windows_apart');
  expect(found.stdout.match(/rule:\w+/g)).toEqual(judged.map((rule) => `rule:${rule}`));
  expect(found.stdout).toMatch(/^ {2}rule:littles_law +\d+ of \d+ slices broke it, worst /m);
  const text = await bench('report', run, '--explain', 'case:nginx:latency:host/external:latency_p50_us');
  expect(text).toMatchObject({ exitCode: 0, stderr: '' });
  expect(text.stdout).toContain('host/external by itself');
  expect(text.stdout).toMatch(/round 6: [\d.]+ µs/);
});

test('report --explain of a figure that is not there exits with 2 and names the nearest', async () => {
  const figure = 'nginx:latency:bridge:latency_p50_us';
  const { exitCode, stderr } = await bench('report', await someRun(), '--explain', figure);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`this run has no figure "${figure}"`);
  expect(stderr).toContain('lists all of them');
});

test('report alone means the latest run; its result is all that --quiet lets through, and --color colours it', async () => {
  const run = await someRun();
  const results = dirname(run);
  const usual = await bench('report', '--out', results);
  expect(usual).toMatchObject({ exitCode: 0, stderr: `\nreport: ${join(run, 'report.html')}\n` });
  const end = await bench('report', run.slice(-4), '--out', results, '--quiet');
  expect(end).toEqual({ exitCode: 0, stdout: usual.stdout, stderr: '' });
  expect(await bench('report', join(run, 'report.html'))).toEqual(usual);
  const coloured = await bench('report', run, '--color', 'always');
  expect(coloured.stdout).toContain('\u001b[');
  expect(usual.stdout).not.toContain('\u001b[');
  expect((await benchWith({ FORCE_COLOR: '1' }, 'report', run, '--color', 'never')).stdout).toBe(
    usual.stdout,
  );
  expect((await bench('report', 'nope', '--quiet')).stderr).toMatch(/^bench: no run "nope"/);
});

test('report --all prints what the first screen leaves out', async () => {
  const run = await someRun();
  const usual = await bench('report', run);
  const all = await bench('report', run, '--all');
  expect(all.stdout.length).toBeGreaterThan(usual.stdout.length);
  expect(all.stdout).not.toContain('--all.');
});

test('report --open opens the report, or says where it is', async () => {
  const run = await someRun();
  const report = join(run, 'report.html');
  const opened: string[] = [];
  const open = async (path: string) => opened.push(path) > 0;
  const able = tellingOutside({ open });
  expect(await cli(['report', run, '--open', '--quiet'], able.outside)).toBe(0);
  expect(opened).toEqual([report]);
  expect(able.told.stderr).toBe('');
  const unable = await bench('report', run, '--open', '--quiet');
  expect(unable).toMatchObject({
    exitCode: 0,
    stderr: `bench: no program of this machine opens the report: it is ${report}\n`,
  });
});

test('a report of a run that is not there names the directory and what to do', async () => {
  const { exitCode, stderr } = await bench('report', '20260101T000000Z-aaaa');
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/no run "20260101T000000Z-aaaa"/);
  expect(stderr).toMatch(/bench run|--out/);
});
