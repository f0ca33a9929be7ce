import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { bench } from '../../cli.fixture.ts';
import { printed } from '../printed.fixture.ts';
import { historyDocumentSchema } from './document.ts';
import { isTheOne, nightsAround, runIdOf, type SimulatedNight, writeNights } from './nightly-runs.fixture.ts';

async function folderOf(nights: readonly SimulatedNight[]): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-history-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  await writeNights(folder, nights);
  return folder;
}

async function documentOf(...argv: readonly string[]) {
  const { exitCode, stdout } = await bench('history', ...argv, '--json');
  expect(exitCode).toBe(0);
  return printed(historyDocumentSchema, stdout);
}

const quiet = nightsAround(1.2, 20);
const step = nightsAround(1.3, 4);

test('a night that brings nothing new says one line', async () => {
  const { exitCode, stdout, stderr } = await bench('history', await folderOf(quiet));
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  expect(stdout).toBe(`nothing new with run ${runIdOf(19)}: 20 runs, 47 comparisons, no change so far\n`);
});

test('a night whose main results cannot be used is not called quiet', async () => {
  const folder = await folderOf([...quiet, ...nightsAround(1.2, 1, { verdict: 'untrusted' })]);
  const partly = (await bench('history', folder)).stdout;
  expect(partly).toMatch(new RegExp(`^nothing new with run ${runIdOf(20)}, without 1 of 12 main results: `));
  const path = join(folder, runIdOf(20), 'summary.json');
  const summary = JSON.parse(await readFile(path, 'utf8'));
  for (const overhead of summary.overheads) if (overhead.declared) overhead.verdict = 'untrusted';
  await writeFile(path, JSON.stringify(summary));
  expect((await bench('history', folder)).stdout).toMatch(
    new RegExp(
      `^nothing can be told by run ${runIdOf(20)}, as none of its 12 main results can be used: 21 runs, `,
    ),
  );
});

test('a change is told by the run that makes it datable, and by no other', async () => {
  const folder = await folderOf(quiet);
  const told: string[] = [];
  for (const [index, night] of step.entries()) {
    await writeNights(folder, [night], 20 + index);
    told.push((await bench('history', folder)).stdout);
  }
  const [first, second, third, fourth] = told;
  const waiting = (further: string) =>
    new RegExp(
      '^nothing new with run .*, 1 not yet datable\\n' +
        'nginx, one request at a time, bridge: median latency\\n' +
        `  A change may have begun on 2026-01-21\\. It is not yet datable: ${further}\\s`,
    );
  expect(first).toMatch(waiting('2 further runs'));
  expect(second).toMatch(waiting('1 further run'));
  expect(third).toMatch(/^1 change for the worse with run .*, last change 2026-01-21\n/);
  expect(third).toContain('nginx, one request at a time, bridge: median latency costs more\n');
  expect(third?.replace(/\s+/g, ' ')).toMatch(
    /\+20\.\d % \[.*\] until 2026-01-20, \+30\.\d % \[.*\] since 2026-01-21 \(run 20260121T020000Z-a020\): a step of \+8\.\d % \[/,
  );
  expect(fourth).toMatch(/^nothing new with run .*, last change 2026-01-21\n$/);
});

test('--all lists every comparison with its level, and all changes', async () => {
  const { stdout } = await bench('history', await folderOf([...quiet, ...step]), '--all');
  for (const line of stdout.split('\n').slice(1)) expect(line.length).toBeLessThanOrEqual(80);
  expect(stdout).toMatch(/^ {2}bridge: median latency +\+30\.\d % \[.*\] +2026-01-21 +4$/m);
  expect(stdout).toMatch(/^ {2}mapped: median latency .* 2026-01-01 +24$/m);
  expect(stdout).toMatch(
    /All changes, newest first\nnginx, one request at a time, bridge: median latency costs more\n {2}\+20/,
  );
});

test('a better capacity is a change for the better; what the newest run has not, or cannot tell, is said', async () => {
  const folder = await folderOf(quiet);
  const capacity = { server: 'nginx', path: 'bridge/external/published', metric: 'throughput_rps' };
  for (const night of [17, 18, 19]) {
    const path = join(folder, runIdOf(night), 'summary.json');
    const summary = JSON.parse(await readFile(path, 'utf8'));
    for (const overhead of summary.overheads) {
      if (Object.entries(capacity).every(([key, value]) => overhead[key] === value)) {
        for (const key of ['ratio', 'ratio_low', 'ratio_high']) overhead[key] *= 1.3;
      }
    }
    if (night === 19) {
      summary.overheads = summary.overheads.filter(
        ({ server, profile }: Record<string, string>) => server !== 'apache' || profile !== 'latency',
      );
      for (const it of summary.overheads)
        if (it.profile === 'steady' && it.declared) it.verdict = 'untrusted';
    }
    await writeFile(path, JSON.stringify(summary));
  }
  const { stdout } = await bench('history', folder, '--all');
  expect(stdout).toMatch(/^1 change for the better with run /);
  expect(stdout).toContain('nginx, full load, bridge: capacity costs less\n');
  const flat = stdout.replace(/\s+/g, ' ');
  expect(flat).toContain(`not in the newest run, last in run ${runIdOf(18)}`);
  expect(flat).toContain('newest run (+31 % [+28, +33]): untrusted in the newest run');
  const { changes } = await documentOf(folder);
  expect(changes).toMatchObject([{ ...capacity, worse: false }]);
  await bench('history', 'html', folder);
  const index = await readFile(join(folder, 'history', 'index.html'), 'utf8');
  expect(index).toContain('<h1>1 change for the better with run ');
  expect(index).toContain('<span class="verdict faster">costs less</span>');
  expect(index).toContain(`not in the newest run, last in run ${runIdOf(18)}`);
});

test('another kernel begins new series, which is said once; an earlier machine that is back continues its own', async () => {
  const folder = await folderOf([...quiet, ...nightsAround(1.5, 1, { kernel: '9.9.9' })]);
  const { stdout } = await bench('history', folder);
  expect(stdout).toMatch(/^a new machine or method with run /);
  expect(stdout.replace(/\s+/g, ' ')).toMatch(
    /all series begin anew\. Since run 20260120T020000Z-a019: kernel .* → 9\.9\.9\./,
  );
  await writeNights(folder, nightsAround(1.5, 1, { kernel: '9.9.9' }), 21);
  await writeNights(folder, nightsAround(1.2, 1), 22);
  expect((await bench('history', folder)).stdout).toMatch(/^nothing new /);
  const { series, changes } = await documentOf(folder);
  expect(series.filter(isTheOne).map(({ points }) => points.length)).toEqual([2, 21]);
  expect(changes).toEqual([]);
  await bench('history', 'html', folder);
  const pageOf = (name: string) => readFile(join(folder, 'history', name), 'utf8');
  // Of a series that begins anew, a reader asks what the old one was.
  expect(await pageOf('index.html')).toMatch(
    /New machines and methods, newest first<\/h3>\n<ul class="findings"><li><span class="unbroken">2026-01-21<\/span> \(run 20260121T020000Z-a020\): kernel .* → 9\.9\.9<\/li>\n<\/ul>/,
  );
  expect(
    await pageOf('nginx-latency-bridge-external-published-against-host-external-latency_p50_us.html'),
  ).toMatch(/A series of its own: kernel .*\. The level of the series below is \+/);
});

test('another load begins new series of its profiles', async () => {
  const folder = await folderOf([...quiet, ...nightsAround(1.5, 1, { bodyBytes: 4096 })]);
  expect((await bench('history', folder)).stdout).toMatch(
    /^a new load with run .*\nThe load of "one request at a time" is new/,
  );
});

test('a service whose image has a new tag each night has one series a comparison, and is nothing new', async () => {
  const folder = await folderOf(quiet.map((night, index) => ({ ...night, tag: `build-${index}` })));
  const { stdout } = await bench('history', folder);
  expect(stdout).toBe(`nothing new with run ${runIdOf(19)}: 20 runs, 47 comparisons, no change so far\n`);
  const { series } = await documentOf(folder);
  expect(series.filter(isTheOne).map(({ points }) => points.length)).toEqual([20]);
});

test('an untrusted run is no part of the trend, nor of its other metrics, nor is one that was limited by the load agent; a partial one is', async () => {
  const untrusted = nightsAround(1.9, 5, { verdict: 'untrusted' });
  const limited = nightsAround(1.9, 5, { verdict: 'none' });
  const partial = nightsAround(1.2, 1, { state: 'partial' });
  const { series, changes } = await documentOf(
    await folderOf([...quiet, ...untrusted, ...limited, ...partial]),
  );
  expect(changes).toEqual([]);
  const declared = series.find(isTheOne);
  expect(declared?.points.map(({ leftOut }) => leftOut)).toEqual([
    ...quiet.map(() => undefined),
    ...untrusted.map(() => 'untrusted'),
    ...limited.map(() => 'not measured'),
    undefined,
  ]);
  expect(declared?.levels.map(({ runs }) => runs)).toEqual([21]);
  const further = series.find((it) => it.server === 'nginx' && it.path.startsWith('bridge') && !it.declared);
  expect(further?.points[20]?.leftOut).toBe('untrusted');
});

test('damaged and foreign folders are named and skipped; files and hidden folders are no runs', async () => {
  const folder = await folderOf(quiet);
  await writeNights(folder, nightsAround(1.2, 3), 20);
  await writeFile(join(folder, runIdOf(20), 'summary.json'), '{"schema_version": 2, "run_id"');
  await rm(join(folder, runIdOf(21), 'summary.json'));
  await writeFile(join(folder, runIdOf(22), 'run.json'), '{"schema_version": 1}');
  await mkdir(join(folder, 'photos'));
  await mkdir(join(folder, '.git'));
  await writeFile(join(folder, 'notes.txt'), '');
  const { stdout, stderr, exitCode } = await bench('history', folder);
  expect(exitCode).toBe(0);
  expect(stdout).toContain('20 runs');
  expect(stderr.trimEnd().split('\n')).toEqual([
    expect.stringMatching(`^skipped ${runIdOf(20)}: summary.json is not JSON: `),
    `skipped ${runIdOf(21)}: it has no summary.json: the run was killed, is being measured, or its report was never made`,
    expect.stringMatching(`^skipped ${runIdOf(22)}: run.json was written by an older bench`),
    'skipped photos: it has no run.json: it is no run folder',
  ]);
  const { skipped } = await documentOf(folder);
  expect(skipped).toHaveLength(4);
});

test('a copy of a run counts once', async () => {
  const folder = await folderOf(quiet);
  const copy = join(folder, 'z-copy');
  await mkdir(copy);
  for (const name of ['run.json', 'summary.json']) {
    await writeFile(join(copy, name), await readFile(join(folder, runIdOf(3), name)));
  }
  const { runs, skipped } = await documentOf(folder);
  expect(runs).toBe(20);
  expect(skipped).toEqual([{ folder: 'z-copy', reason: `it is the same run as ${runIdOf(3)}` }]);
});

test('the index has a line for each run, and is made again where it is damaged or a run has changed', async () => {
  const folder = await folderOf(quiet);
  const index = join(folder, 'history.ndjson');
  const first = await bench('history', folder);
  const lines = (await readFile(index, 'utf8')).trimEnd().split('\n');
  expect(lines.map((line) => JSON.parse(line).run_id)).toEqual(quiet.map((_, night) => runIdOf(night)));
  await writeFile(index, `${lines.slice(0, 3).join('\n')}\n{"run_id": 7}\n`);
  expect(await bench('history', folder)).toEqual(first);
  expect((await readFile(index, 'utf8')).trimEnd().split('\n')).toEqual(lines);
  // Damaged figures that are still figures.
  await writeFile(index, lines.join('\n').replaceAll('"ratio":1.', '"ratio":7.'));
  expect(await bench('history', folder)).toEqual(first);
  expect((await readFile(index, 'utf8')).trimEnd().split('\n')).toEqual(lines);
  // A whole one is not written again.
  const { ino } = await stat(index);
  await bench('history', folder);
  expect((await stat(index)).ino).toBe(ino);
  // A run that was measured again under its name, and one that is gone.
  await writeNights(folder, nightsAround(1.7, 1), 0);
  await rm(join(folder, runIdOf(1)), { recursive: true });
  const { series } = await documentOf(folder);
  const points = series.find(isTheOne)?.points ?? [];
  expect(points.map(({ runId }) => runId).slice(0, 2)).toEqual([runIdOf(0), runIdOf(2)]);
  expect(points[0]?.ratio).toBeCloseTo(1.7 * 1.004, 6);
});

test('two that write the index at once leave a whole one, and nothing beside it', async () => {
  const folder = await folderOf(quiet);
  const both = await Promise.all([bench('history', folder), bench('history', folder)]);
  expect(both[0]).toEqual(both[1]);
  const names = await readdir(folder);
  expect(names.filter((name) => name.includes('ndjson'))).toEqual(['history.ndjson']);
  expect((await readFile(join(folder, 'history.ndjson'), 'utf8')).trimEnd().split('\n')).toHaveLength(20);
});

test('html writes an index and a page a comparison, with links to the reports that are there, and no script', async () => {
  const folder = await folderOf([...quiet, ...step]);
  await writeFile(join(folder, runIdOf(5), 'report.html'), '');
  const { stdout } = await bench('history', 'html', folder);
  expect(stdout.trimEnd().split('\n').at(-1)).toBe(join(folder, 'history', 'index.html'));
  const names = (await readdir(join(folder, 'history'))).filter((name) => name.endsWith('.html'));
  expect(names).toHaveLength(48);
  const index = await readFile(join(folder, 'history', 'index.html'), 'utf8');
  const links = [...index.matchAll(/href="([^"#]+)"/g)].map(([, link = '']) => link);
  for (const link of links) expect([...names, 'style.css', `../${runIdOf(5)}/report.html`]).toContain(link);
  expect(new Set(links.filter((link) => link.endsWith('_us.html') || link.endsWith('_rps.html'))).size).toBe(
    47,
  );
  expect(links).toContain(`../${runIdOf(5)}/report.html`);
  const page = await readFile(
    join(
      folder,
      'history',
      'nginx-latency-bridge-external-published-against-host-external-latency_p50_us.html',
    ),
    'utf8',
  );
  expect(page).toContain('24 runs, 2026-01-01 to 2026-01-24. Level now: +30');
  expect(page).toContain('Changes: 2026-01-21.');
  expect(page.match(/<div class="(narrow|wide)"><svg class="chart"/g)).toHaveLength(2);
  expect(page + index).not.toMatch(/<script/i);
  // The site is no run folder, also the next time.
  expect((await bench('history', folder)).stderr).toBe('');
});

test('the site links to a report whatever the name of its folder', async () => {
  const folder = await folderOf(quiet);
  const name = 'night #5? 100%';
  await rename(join(folder, runIdOf(5)), join(folder, name));
  await writeFile(join(folder, name, 'report.html'), '');
  await bench('history', 'html', folder);
  const site = pathToFileURL(join(folder, 'history', 'index.html'));
  const links = [...(await readFile(site, 'utf8')).matchAll(/href="([^"]*report\.html)"/g)];
  expect(links.map(([, link = '']) => fileURLToPath(new URL(link, site)))).toEqual([
    join(folder, name, 'report.html'),
  ]);
});

test('prune says what it would free, frees it, and leaves what a history needs', async () => {
  const folder = await folderOf(quiet);
  const large = ['slices.ndjson', 'evidence.ndjson', 'slices.csv', 'report.html'];
  for (const night of [0, 1, 19]) {
    for (const name of large) await writeFile(join(folder, runIdOf(night), name), 'x'.repeat(2 ** 18));
    await writeFile(join(folder, runIdOf(night), 'notes.txt'), 'mine');
  }
  const before = await bench('history', folder);
  const dry = await bench('history', 'prune', folder, '--keep', '10', '--dry-run');
  expect(dry.stdout).toBe(
    `${runIdOf(0)}: ${large.join(', ')}\n${runIdOf(1)}: ${large.join(', ')}\n` +
      '2.0 MiB would be freed: the slices of 2 runs. run.json and the summaries stay.\n',
  );
  expect(await readdir(join(folder, runIdOf(0)))).toContain('slices.ndjson');
  const { pruned } = await documentOf('prune', folder, '--keep', '10');
  expect(pruned).toMatchObject({ dryRun: false, bytes: 2 * 2 ** 20 });
  expect((await readdir(join(folder, runIdOf(0)))).sort()).toEqual(['notes.txt', 'run.json', 'summary.json']);
  expect(await readdir(join(folder, runIdOf(19)))).toContain('slices.ndjson');
  expect(await bench('history', folder)).toEqual(before);
  expect((await bench('history', 'prune', folder, '--keep', '10')).stdout).toBe('nothing to prune\n');
  const days = await bench('history', 'prune', folder, '--keep', '100000d', '--dry-run');
  expect(days.stdout).toBe('nothing to prune\n');
});

test('a run that has not ended keeps its slices', async () => {
  const folder = await folderOf([...nightsAround(1.2, 1, { state: 'running' }), ...quiet]);
  await writeFile(join(folder, runIdOf(0), 'slices.ndjson'), 'x');
  expect((await bench('history', 'prune', folder, '--keep', '1')).stdout).toBe('nothing to prune\n');
});

test('a report of a pruned run is refused: made again of nothing, it would replace its summary', async () => {
  const folder = await folderOf(quiet);
  const summary = join(folder, runIdOf(4), 'summary.json');
  const before = await readFile(summary, 'utf8');
  const { exitCode, stderr } = await bench('report', runIdOf(4), '--out', folder);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(`run ${runIdOf(4)} has no slices.ndjson`);
  expect(await readFile(summary, 'utf8')).toBe(before);
});

test.each([
  [['prune'], 'prune needs --keep'],
  [['prune', '--keep', '0'], '--keep 0: not a number of runs or of days from 1'],
  [['prune', '--keep', 'all'], '--keep all: not a number'],
  [['--keep', '3'], '--keep belongs to bench history prune'],
  [['html', '--dry-run'], '--dry-run belongs to bench history prune'],
  [['html', 'a', 'b'], 'history takes one folder, and "b" was given besides "a"'],
  [['prune', '--keep', '1e3'], '--keep 1e3: not a number'],
  [
    ['nowhere'],
    'cannot read the runs in /nonexistent/bench-test/nowhere: a part of the path does not exist\n',
  ],
])('history %j is an error of usage', async (argv, says) => {
  const { exitCode, stderr } = await bench('history', ...argv);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(says);
});

test('a large number to keep keeps all', async () => {
  const folder = await folderOf(quiet);
  for (const keep of ['99999999999', '99999999999d']) {
    expect((await bench('history', 'prune', folder, '--keep', keep)).stdout).toBe('nothing to prune\n');
  }
});

test('of many folders that are skipped, the first are named and the others counted; the document has all', async () => {
  const folder = await folderOf(quiet);
  for (let number = 10; number < 30; number++) await mkdir(join(folder, `photos-${number}`));
  const lines = (await bench('history', folder)).stderr.trimEnd().split('\n');
  expect(lines).toHaveLength(11);
  expect(lines[0]).toMatch(/^skipped photos-10: /);
  expect(lines[10]).toBe('and 10 more like these');
  expect((await documentOf(folder)).skipped).toHaveLength(20);
});

test('the name of a folder stays on its line', async () => {
  const folder = await folderOf(quiet);
  await mkdir(join(folder, 'a\nnothing new\u001b[31m'));
  const { stderr } = await bench('history', folder);
  expect(stderr).toBe('skipped a nothing new\\u001b[31m: it has no run.json: it is no run folder\n');
});

test('a newest run from the future is told: every night until then would be about it', async () => {
  const folder = await folderOf(quiet);
  const path = join(folder, runIdOf(19), 'run.json');
  const run = JSON.parse(await readFile(path, 'utf8'));
  await writeFile(path, JSON.stringify({ ...run, started_at: '2099-01-01T00:00:00.000Z' }));
  const { exitCode, stderr } = await bench('history', folder);
  expect(exitCode).toBe(0);
  expect(stderr).toContain(
    `warning: the newest run, ${runIdOf(19)}, began at 2099-01-01T00:00:00.000Z, and the clock`,
  );
});

test.each([
  ['a link to a folder elsewhere', symlink, 'it is a symbolic link'],
  ['a folder of the user', rename, 'its index.html is not of bench history'],
])('the pages leave %s as it is', async (_, put, why) => {
  const folder = await folderOf(quiet);
  const [site, own] = [join(folder, 'history'), join(folder, '.own')];
  await mkdir(own);
  await writeFile(join(own, 'index.html'), 'mine');
  await put(own, site);
  const { exitCode, stdout, stderr } = await bench('history', 'html', folder);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain(`the site cannot be written to ${site}: ${why}\n  Rename it or move it away`);
  expect(await readdir(site)).toEqual(['index.html']);
  expect(await readFile(join(site, 'index.html'), 'utf8')).toBe('mine');
});

test.each([
  ['a page of the user', 'notes.html', 'it has files, and no index.html of bench history'],
  ['an index that is a folder', 'index.html/page', 'its index.html cannot be read: '],
])('the pages leave a folder with %s as it is', async (_, file, why) => {
  const folder = await folderOf(quiet);
  const site = join(folder, 'history');
  const path = join(site, file);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, 'mine');
  const { exitCode, stdout, stderr } = await bench('history', 'html', folder);
  expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
  expect(stderr).toContain(`the site cannot be written to ${site}: ${why}`);
  expect(await readFile(path, 'utf8')).toBe('mine');
});

test('what may have changed, and is measured no longer, is not told for ever', async () => {
  const folder = await folderOf([...quiet, ...nightsAround(1.3, 2)]);
  expect((await bench('history', folder)).stdout).toMatch(/1 not yet datable/);
  const path = join(folder, runIdOf(21), 'summary.json');
  const summary = JSON.parse(await readFile(path, 'utf8'));
  summary.overheads = summary.overheads.filter((it: Parameters<typeof isTheOne>[0]) => !isTheOne(it));
  await writeFile(path, JSON.stringify(summary));
  expect((await bench('history', folder)).stdout).toMatch(/^nothing new with run .*, no change so far\n$/);
});

test('a folder without runs is an error of usage that says where runs come from', async () => {
  const { exitCode, stderr } = await bench('history', await folderOf([]));
  expect(exitCode).toBe(2);
  expect(stderr).toMatch(/no runs in .*\n.*bench run/);
});
