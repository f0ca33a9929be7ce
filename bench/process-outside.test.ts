import { spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readdir, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { measuredRun } from './commands/measured-run.fixture.ts';
import { callerOf, catchInterrupts, homeOf, installationOf } from './process-outside.ts';

/*
 * The command line as a process of its own, with the streams and signals that a shell gives it. It makes the reports of
 * a small run again: much text, and files that show whether its work was done.
 */

const checkout = installationOf(import.meta.dirname);
let installation: string;
let run: string;

beforeAll(async () => {
  installation = await mkdtemp(join(tmpdir(), 'bench-process-'));
  await build({
    entryPoints: [join(checkout, 'bench', 'main.ts')],
    outfile: join(installation, 'main.mjs'),
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    // Dependencies in the older module format ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
    // Native code: optional parts of dockerode's transport, and what draws pictures. Neither is needed here.
    external: ['*.node', 'cpu-features', '@resvg/resvg-js'],
  });
  await symlink(join(checkout, 'package.json'), join(installation, 'package.json'));
  await symlink(join(checkout, 'reports'), join(installation, 'reports'));
  run = join(installation, 'run');
}, 60_000);

afterAll(() => rm(installation, { recursive: true, force: true }));

beforeEach(async () => {
  await rm(run, { recursive: true, force: true });
  await rename(await measuredRun(installation), run);
});

const derived = ['summary.json', 'summary.csv', 'slices.csv', 'summary.md', 'report.html'];

interface Streams {
  readonly stdout?: number;
  readonly stderr?: number;
  readonly env?: NodeJS.ProcessEnv;
  /** Closes its end of a stream before the program has written a word. */
  readonly deaf?: 'stdout' | 'stderr';
}

async function bench(argv: readonly string[], streams: Streams = {}) {
  const child = spawn(process.execPath, [join(installation, 'main.mjs'), ...argv], {
    stdio: ['ignore', streams.stdout ?? 'pipe', streams.stderr ?? 'pipe'],
    env: { ...process.env, ...streams.env },
  });
  const heard = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    if (streams.deaf === name) child[name]?.destroy();
    child[name]?.setEncoding('utf8').on('data', (text: string) => {
      heard[name] += text;
    });
  }
  const [exitCode] = await once(child, 'close');
  return { exitCode, ...heard };
}

function full<T>(use: (descriptor: number) => Promise<T>): Promise<T> {
  const descriptor = openSync('/dev/full', 'w');
  return use(descriptor).finally(() => closeSync(descriptor));
}

test.each(['stdout', 'stderr'] as const)(
  'a reader that leaves %s ends nothing: the work is done',
  async (deaf) => {
    const { exitCode, stdout, stderr } = await bench(['report', run], { deaf });
    expect(exitCode).toBe(0);
    expect(deaf === 'stdout' ? stderr : stdout).toContain(deaf === 'stdout' ? 'report.html' : 'nginx');
    expect(stderr).not.toMatch(/EPIPE|^\s+at /m);
    expect(await readdir(run)).toEqual(expect.arrayContaining(derived));
  },
);

test.each([
  ['its table', []],
  ['its JSON', ['--json']],
])('stdout that takes nothing (%s): told once, exit 3, and the files are there', async (_, flags) => {
  const { exitCode, stderr } = await full((stdout) => bench(['report', run, ...flags], { stdout }));
  expect(exitCode).toBe(3);
  expect(stderr.match(/could not be written to stdout: no space is left on the disk$/gm)).toHaveLength(1);
  expect(stderr).toContain(`node ${join(installation, 'main.mjs')} report latest`);
  expect(stderr).not.toMatch(/^\s+at /m);
  expect(await readdir(run)).toEqual(expect.arrayContaining(derived));
});

test('an error keeps its own exit code, whatever becomes of its text', async () => {
  const flags = ['plan', '--json', '--rounds', 'many'];
  expect((await full((stdout) => bench(flags, { stdout }))).exitCode).toBe(2);
  expect((await full((stderr) => bench(flags, { stderr }))).exitCode).toBe(2);
});

test('what the flags ask of the outputs, and the words with which bench was called, reach the process', async () => {
  const env = { NO_COLOR: '', FORCE_COLOR: '0' };
  const usual = await bench(['report', run], { env });
  expect(usual.stderr).toContain('report.html');
  expect(usual.stdout).not.toContain('\u001b');
  const quiet = await bench(['report', run, '--quiet', '--color', 'always'], { env });
  expect(quiet).toMatchObject({ exitCode: 0, stderr: '', stdout: expect.stringContaining('\u001b[') });
  const refused = await bench(['report', 'nope', '--quiet'], { env });
  expect(refused.stderr).toMatch(/^bench: no run "nope"/);
  expect(refused.stderr).toContain(`see node ${join(installation, 'main.mjs')} report --help\n`);
});

test('stderr that takes nothing costs no result', async () => {
  const { exitCode, stdout } = await full((stderr) => bench(['report', run, '--json'], { stderr }));
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toHaveProperty('overheads');
});

test("through sudo the reports are the caller's; to anybody but root the variables say nothing", async () => {
  const { exitCode } = await bench(['report', run], { env: { SUDO_UID: '12345', SUDO_GID: '12346' } });
  expect(exitCode).toBe(0);
  const root = process.geteuid?.() === 0;
  for (const name of derived) {
    const { uid } = await stat(join(run, name));
    expect(uid).toBe(root ? 12345 : process.geteuid?.());
  }
  expect(callerOf({ SUDO_UID: '12345', SUDO_GID: '12346' }, 0)).toEqual({ uid: 12345, gid: 12346 });
  expect(callerOf({ SUDO_UID: '12345', SUDO_GID: '12346' }, 1000)).toBeUndefined();
  expect(callerOf({ SUDO_UID: '-1', SUDO_GID: '0' }, 0)).toBeUndefined();
  expect(callerOf({ SUDO_UID: '5' }, 0)).toBeUndefined();
  expect(callerOf({}, 0)).toBeUndefined();
});

test('a directory that has been removed under the user is told as that', async () => {
  const gone = await mkdtemp(join(tmpdir(), 'bench-gone-'));
  const program = join(installation, 'main.mjs');
  const child = spawn('sh', [
    '-c',
    'cd "$1" && rmdir "$1" && exec "$2" "$3" plan',
    'sh',
    gone,
    process.execPath,
    program,
  ]);
  let stderr = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  expect(await once(child, 'close')).toEqual([3, null]);
  expect(stderr).toMatch(/^bench: the current directory is no longer there\n {2}Go to another one/);
});

test('home is HOME, else what the system has recorded, else nowhere', () => {
  const recorded = () => '/home/ada';
  const unknown = () => {
    throw new Error('uv_os_get_passwd returned ENOENT');
  };
  expect(homeOf({ HOME: '/h' }, unknown)).toBe('/h');
  expect(homeOf({}, recorded)).toBe('/home/ada');
  expect(homeOf({ HOME: '' }, recorded)).toBe('/home/ada');
  expect(homeOf({}, unknown)).toBe('/');
});

/** A process that notes what it is told to do, in place of ending. */
function interruptible() {
  const journal: string[] = [];
  const signals = new EventEmitter();
  const owner = {
    on: (signal: NodeJS.Signals, listener: () => void) => signals.on(signal, listener),
    exit: (code: number) => journal.push(`exit ${code}`),
    stderr: { write: (text: string) => journal.push(text.trim()) },
  };
  return { owner, journal, receive: (signal: NodeJS.Signals) => signals.emit(signal) };
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  'the first %s is for tidying up, a second signal ends the process at once',
  (first) => {
    const { owner, journal, receive } = interruptible();
    let now = 1_000;
    const interrupted = catchInterrupts(owner, { now: () => now });
    expect(interrupted.aborted).toBe(false);
    receive(first);
    expect(interrupted.aborted).toBe(true);
    expect(journal).toEqual([expect.stringContaining('stopping; what was measured is kept')]);
    // `timeout` sends its signal to its child and to the child's group: that is one interrupt.
    now += 100;
    receive(first);
    expect(journal).toHaveLength(1);
    now += 1_000;
    receive('SIGINT');
    expect(journal.slice(1)).toEqual([expect.stringContaining('left at once; `bench clean`'), 'exit 130']);
  },
);

test('tidying up that takes too long, whatever the engine does, ends the process as well', async () => {
  const { owner, journal, receive } = interruptible();
  catchInterrupts(owner, { patienceSeconds: 0.01 });
  receive('SIGTERM');
  await expect.poll(() => journal.at(-1)).toBe('exit 130');
  expect(journal.at(-2)).toMatch(/not all could be tidied up within .*`bench clean` removes what remains/);
});
