import { mkdtemp, readdir, readFile, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { cli } from '../../cli.ts';
import { tellingOutside } from '../../outside.fixture.ts';
import { measuredRun } from '../measured-run.fixture.ts';
import { derivedFiles } from './write-reports.ts';

/*
 * A run folder of somebody else's: whatever it holds, `bench report` writes its reports into it and nothing anywhere else,
 * or refuses it as what it is. Nothing in it is obeyed by a terminal, a browser, a spreadsheet or a shell.
 */

const measured = ['run.json', 'slices.ndjson', 'evidence.ndjson'];
let top: string;
let folder: string;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'bench-hostile-'));
  folder = join(top, 'received');
  await rename(await measuredRun(top), folder);
});

afterEach(() => rm(top, { recursive: true, force: true }));

async function bench(...argv: string[]) {
  const { outside, told } = tellingOutside({ directory: top, home: top }, { isTerminal: true, columns: 100 });
  return { exitCode: await cli(argv, outside), ...told };
}

const obeyed = /[^\P{Cc}\n\t]|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

/** What a text must not become, wherever it stands. */
async function expectHarmless({ stdout, stderr }: { readonly stdout: string; readonly stderr: string }) {
  for (const text of [stdout, stderr]) expect(text).not.toMatch(obeyed);
  for (const name of derivedFiles) {
    const text = await readFile(join(folder, name), 'utf8').catch(() => '');
    expect(text, name).not.toMatch(obeyed);
    if (name.endsWith('.csv')) expect(text).not.toMatch(/(?:^|,)"?[=+@\t]/m);
    if (name === 'report.html') {
      expect(/<img/.test(text)).toBe(false);
      // The page has one script, its own.
      expect([...text.matchAll(/<script\b/g)].length).toBeLessThanOrEqual(1);
      expect([...text.matchAll(/<\/script/g)].length).toBeLessThanOrEqual(1);
    }
    if (name === 'summary.md') expect(text).not.toMatch(/<img|@everyone|(?<!\\)]\(http/);
  }
}

const evil =
  '=cmd|\u001b]0;pwned\u0007\u009b2J\u202e</script><img src=x onerror=alert(1)> [a](http://x) @everyone `$(id)`\r\n\u2028';

const values = fc.oneof(
  fc.constantFrom(evil, '', '../../../etc/passwd', '__proto__', 'x'.repeat(100_000)),
  fc.constantFrom(0, -1, 1, 0.5, 1e-300, 1e15, 1e300, Number.MAX_SAFE_INTEGER),
  fc.constantFrom(null, true, [], {}, [evil], { [evil]: evil }),
);

/** The document with one of its fields, at any depth, replaced or given a neighbour. */
function changed(document: string, place: number, add: boolean, value: unknown): string {
  const places: { readonly owner: Record<string, unknown>; readonly key: string }[] = [];
  const copy: unknown = JSON.parse(document, function (this: Record<string, unknown>, key, field: unknown) {
    if (key !== '') places.push({ owner: this, key });
    return field;
  });
  const chosen = places[place % places.length];
  if (chosen !== undefined) chosen.owner[add ? evil : chosen.key] = value;
  return JSON.stringify(copy);
}

test('whatever stands in a field, the folder is reported or refused, and obeyed by nobody', async () => {
  const originals = new Map<string, string>();
  for (const name of measured) originals.set(name, await readFile(join(folder, name), 'utf8'));
  const seen = new Map<number, number>();
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...measured),
      fc.nat(),
      fc.nat(5).map((it) => it === 0),
      values,
      async (name, place, add, value) => {
        const text = originals.get(name) ?? '';
        const [first = '', ...rest] = name === 'run.json' ? [text] : text.split('\n');
        await writeFile(join(folder, name), [changed(first, place, add, value), ...rest].join('\n'));
        const told = await bench('report', folder);
        await writeFile(join(folder, name), text);
        expect([0, 2], told.stderr).toContain(told.exitCode);
        seen.set(told.exitCode, (seen.get(told.exitCode) ?? 0) + 1);
        await expectHarmless(told);
      },
    ),
    { seed: 3, numRuns: 60 },
  );
  // Both were put to the test.
  expect(Math.min(seen.get(0) ?? 0, seen.get(2) ?? 0)).toBeGreaterThan(5);
});

test('words of others in every place that is free are shown and not obeyed', async () => {
  const run = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
  run.command = evil;
  run.state = 'partial';
  run.state_reason = evil;
  Object.assign(run.environment, { cpu_model: evil, kernel: evil, firewall: evil, image: evil });
  run.foreign = { wall_seconds: 1, processes: [{ name: evil, cpu_seconds: 0.9 }] };
  run.environment.sysctls = { [evil]: evil };
  run.environment.server_versions = { [evil]: evil };
  await writeFile(join(folder, 'run.json'), JSON.stringify(run));
  const lines = (await readFile(join(folder, 'slices.ndjson'), 'utf8')).trimEnd().split('\n');
  const slices = lines.map((line, index) => {
    const { server, path, role, profile, round, block, position, started_at, ...rest } = JSON.parse(line);
    const head = { server, path, role, profile, round, block, position, started_at };
    if (index % 3 === 0)
      return { ...head, ...rest, status: 'invalid', reasons: [{ rule: 'faults', message: evil }] };
    if (index % 3 === 1) return { ...head, status: 'failed', error: { message: evil, hint: evil } };
    return { ...head, ...rest };
  });
  await writeFile(join(folder, 'slices.ndjson'), slices.map((it) => `${JSON.stringify(it)}\n`).join(''));
  const evidence = (await readFile(join(folder, 'evidence.ndjson'), 'utf8')).trimEnd().split('\n');
  const poisoned = evidence.map((line) => ({
    ...JSON.parse(line),
    url: evil,
    verdict: 'contradicted',
    findings: [{ claim: evil, expected: evil, observed: evil, holds: false }],
    raw: { [evil]: evil },
  }));
  await writeFile(join(folder, 'evidence.ndjson'), poisoned.map((it) => `${JSON.stringify(it)}\n`).join(''));

  for (const flags of [[], ['--json'], ['--explain'], ['--explain', '--json']]) {
    const told = await bench('report', folder, ...flags);
    expect(told.exitCode, told.stderr).toBe(0);
    expect(told.stdout + told.stderr).toContain('\\u001b');
    if (flags.includes('--json')) JSON.parse(told.stdout);
    await expectHarmless(told);
  }
  const html = await readFile(join(folder, 'report.html'), 'utf8');
  expect(html).toContain('bench run --server nginx,apache');
  expect(await readFile(join(folder, 'summary.md'), 'utf8')).toContain('Repeat it: `bench run --server');
});

test('a report that is a link is replaced, and what the link leads to is left alone', async () => {
  for (const name of derivedFiles) {
    await writeFile(join(top, name), 'precious');
    await symlink(join(top, name), join(folder, name));
  }
  expect((await bench('report', folder)).exitCode).toBe(0);
  for (const name of derivedFiles) {
    expect(await readFile(join(top, name), 'utf8')).toBe('precious');
    expect((await readFile(join(folder, name), 'utf8')).length).toBeGreaterThan(1_000);
  }
  expect((await readdir(folder)).sort()).toEqual([...measured, ...derivedFiles].sort());
});

test('a link that leads nowhere yet makes no file there', async () => {
  await symlink(join(top, 'made'), join(folder, 'report.html'));
  expect((await bench('report', folder)).exitCode).toBe(0);
  expect(await readdir(top)).toEqual(['received']);
});

test('names, excerpts and keys of a damaged run.json are told in plain characters', async () => {
  const run = JSON.parse(await readFile(join(folder, 'run.json'), 'utf8'));
  for (const text of ['\u001b]0;pwned\u0007{}', JSON.stringify({ ...run, [evil]: 1 })]) {
    await writeFile(join(folder, 'run.json'), text);
    const told = await bench('report', folder);
    expect(told.exitCode).toBe(2);
    expect(told.stderr).toContain('\\u001b]0;pwned');
    await expectHarmless(told);
  }
});
