import { copyFile, cp, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import * as z from 'zod';
import { cli } from '../../cli.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { installationOf } from '../../process-outside.ts';

/*
 * Three committed runs of one plan on one machine, as a committed baseline is kept: run.json and summary.json. docker-proxy
 * was on in the second, and so is in the way of the loopback path. What bench says of them is golden: `npm run golden`
 * renews it. To put other runs in their place, measure these one after the other, and copy both files of each:
 *
 *   bench run --lab --server nginx --path bridge/external/published,bridge/host/loopback --profile latency,steady \
 *     --rounds 12 --blocks 1 --userland-proxy off        (on in the second)
 */

const installation = installationOf(import.meta.dirname);
const numbers = [1, 2, 3] as const;
const paths = numbers.map((n) => `results/compare/${n}`);
const [one = '', two = '', three = ''] = paths;
let directory: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'bench-compare-'));
  await cp(join(installation, 'results', 'compare'), join(directory, 'results', 'compare'), {
    recursive: true,
  });
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function bench(argv: readonly string[], columns = 80) {
  const { outside, told } = tellingOutside({ directory }, { columns });
  const exitCode = await cli(['compare', ...argv], outside);
  return { exitCode, ...told };
}

test.each([
  ['two.txt', paths.slice(0, 2), 80],
  ['three.txt', paths, 80],
  ['three-all.txt', [...paths, '--all'], 100],
  ['three-40.txt', paths, 40],
  ['two.md', [...paths.slice(0, 2), '--markdown'], 80],
  ['three.md', [...paths, '--markdown'], 80],
  ['three.golden.json', [...paths, '--json'], 80],
])('compare of the committed runs: %s', async (name, argv, columns) => {
  const { exitCode, stdout, stderr } = await bench(argv, columns);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  if (name.endsWith('.txt')) {
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(columns);
  }
  await expect(stdout).toMatchFileSnapshot(join(import.meta.dirname, 'golden', name));
});

test('the example of bench/docs/compare.md is what bench says', async () => {
  const page = join(installation, 'bench', 'docs', 'compare.md');
  const { stdout } = await bench([one, two]);
  const renewed = (await readFile(page, 'utf8')).replace(
    /```text\n[\s\S]*?```/,
    () => `\`\`\`text\n${stdout}\`\`\``,
  );
  await expect(renewed).toMatchFileSnapshot(page);
});

test('--json is one document, valid by its published schema', async () => {
  const schema = z.fromJSONSchema(
    JSON.parse(await readFile(join(installation, 'results', 'schema', 'compare-output.schema.json'), 'utf8')),
  );
  for (const runs of [paths, paths.slice(0, 2)]) {
    const document = JSON.parse((await bench([...runs, '--json'])).stdout);
    expect(schema.safeParse(document).error?.issues ?? []).toEqual([]);
    expect(schema.safeParse({ ...document, surplus: 1 }).success).toBe(false);
  }
});

test('the first operand is the reference: exchanged, what was slower is faster', async () => {
  const there = JSON.parse((await bench([one, three, '--json'])).stdout);
  const back = JSON.parse((await bench([three, one, '--json'])).stdout);
  expect(there.runs.map(({ name }: { name: string }) => name)).toEqual(['A', 'B']);
  const ratioOf = (document: typeof there) => document.comparisons[0].differences[0].estimate.ratio;
  expect(ratioOf(there) * ratioOf(back)).toBeCloseTo(1, 8);
});

test('--html writes a page, and says where', async () => {
  const { exitCode, stdout, stderr } = await bench([one, two, '--html', 'page.html', '--json']);
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout).runs).toHaveLength(2);
  expect(stderr).toBe(`\nreport: ${join(directory, 'page.html')}\n`);
  expect(await readFile(join(directory, 'page.html'), 'utf8')).toMatch(/^<!doctype html>/);
});

test('a page that cannot be written is an error with the way out', async () => {
  const { exitCode, stderr } = await bench([one, two, '--html', 'nowhere/page.html']);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('Name a file in a directory that is there and writable: --html FILE');
});

test('a page that cannot be written leaves one document on stdout: the error', async () => {
  const { exitCode, stdout } = await bench([one, two, '--html', '.', '--json']);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { message: '--html .: it is a directory, not a file', exit_code: 2 },
  });
});

test('two forms that both print to stdout are refused', async () => {
  const { exitCode, stdout } = await bench([one, two, '--json', '--markdown']);
  expect(exitCode).toBe(2);
  expect(JSON.parse(stdout)).toMatchObject({
    error: { message: '--json and --markdown both print to stdout' },
  });
});

test('runs are found by the ends of their ids below --out', async () => {
  const out = join(directory, 'found');
  await mkdir(out);
  const ids: string[] = [];
  for (const path of [one, two]) {
    const { run_id: id } = JSON.parse(await readFile(join(directory, path, 'run.json'), 'utf8'));
    await cp(join(directory, path), join(out, id), { recursive: true });
    ids.push(id);
  }
  const [first = '', second = ''] = ids;
  const { exitCode, stdout } = await bench([first.slice(-4), 'latest', '--out', out]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`A ${first}`);
  expect(stdout).toContain(`B ${second}`);
});

test.each([
  [[], /^bench: missing required argument 'run'/],
  [
    [one],
    /compare takes two runs or more, and "results\/compare\/1" alone was given\n {2}Name another one to compare it with, e\.g\. bench compare results\/compare\/1 latest/,
  ],
  [
    [one, './results/compare/1'],
    /"results\/compare\/1" and "\.\/results\/compare\/1" are the same run, \S+\n {2}Name each run once\./,
  ],
  [[one, 'results/compare/9'], /no run folder at results\/compare\/9/],
  [[one, two, '--markdown', '--html', ''], /--html names no file: its value is empty/],
])('%j is a usage error', async (argv, message) => {
  const { exitCode, stdout, stderr } = await bench(argv);
  expect({ exitCode, stdout }).toEqual({ exitCode: 2, stdout: '' });
  expect(stderr).toMatch(message);
});

test('a run without its summary is refused with what makes it', async () => {
  const folder = join(directory, 'no-summary');
  await mkdir(folder);
  await copyFile(join(installation, three, 'run.json'), join(folder, 'run.json'));
  await writeFile(join(folder, 'slices.ndjson'), '');
  const { exitCode, stderr } = await bench([one, folder]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`Make it again from the measured data: bench report ${folder}`);
});
