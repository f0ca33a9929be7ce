import { spawn } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

/** How long a condition of a test may take to come true, in seconds. A bound, not a wait. */
const patienceSeconds = 30;

export interface Ended {
  /** `undefined` where a signal ended it. */
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

/** The built CLI as a process of its own, in an empty directory. */
export interface BenchProcess {
  readonly pid: number;
  kill(signal: NodeJS.Signals): void;
  /** Closes the reading ends of its stdout and stderr, as a terminal that is closed does. */
  hangUp(): void;
  /** What it has written to stderr so far. */
  said(): string;
  readonly ended: Promise<Ended>;
}

const main = join(import.meta.dirname, '..', '..', '..', 'dist', 'bench', 'main.js');

/** In the lab, whatever engine runs on this machine, unless DOCKER_HOST names one. */
export function startBench(
  argv: readonly string[],
  directory: string,
  env: NodeJS.ProcessEnv = {},
): BenchProcess {
  const named = env['DOCKER_HOST'] ?? process.env['DOCKER_HOST'];
  return startProgram(process.execPath, [main, ...argv], directory, {
    ...(named === undefined ? { BENCH_LAB: '1' } : {}),
    ...env,
  });
}

export function startProgram(
  program: string,
  argv: readonly string[],
  directory: string,
  env: NodeJS.ProcessEnv = {},
): BenchProcess {
  const child = spawn(program, argv, {
    cwd: directory,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve({ exitCode: code ?? undefined, stdout, stderr }));
  });
  if (child.pid === undefined) throw new Error(`${program} could not be started`);
  const hangUp = () => {
    child.stdout.destroy();
    child.stderr.destroy();
  };
  return { pid: child.pid, kill: (signal) => child.kill(signal), hangUp, said: () => stderr, ended };
}

/** A directory that goes with the test. */
export async function temporaryDirectory(): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), 'bench-test-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** The only run folder below `results` in a directory. */
export async function onlyRun(directory: string): Promise<string> {
  const results = join(directory, 'results');
  const runs = await readdir(results).catch(() => []);
  const [only, ...others] = runs;
  if (only === undefined || others.length > 0)
    throw new Error(`expected one run in ${results}, found ${runs.length}`);
  return join(results, only);
}

/** Resolves once the run has that many slices on disk; rejects if the process ends or time runs out before. */
export async function slicesOnDisk(process: BenchProcess, directory: string, count: number): Promise<void> {
  let over: Ended | undefined;
  process.ended.then((ended) => {
    over = ended;
  });
  const lines = async () =>
    (await readFile(join(await onlyRun(directory), 'slices.ndjson'), 'utf8')).split('\n').length - 1;
  await eventually(
    async () => {
      if (over !== undefined) throw new Error(`bench ended with ${over.exitCode} before: ${over.stderr}`);
      return (await lines().catch(() => 0)) >= count;
    },
    () => {
      throw new Error(`fewer than ${count} slices are on disk`);
    },
  );
}

/** Polls a condition until it holds. When time runs out, `complain` says what does not hold. */
export async function eventually(condition: () => Promise<boolean>, complain: () => unknown): Promise<void> {
  const deadline = performance.now() + patienceSeconds * 1000;
  while (!(await condition())) {
    if (performance.now() > deadline) {
      await complain();
      return;
    }
    await pause(50);
  }
}
