import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { Failure } from '../../bench/model/failure.ts';
import { present } from '../../bench/model/present.ts';

/** How long an interrupted command may take to undo what it did. */
const cleanUpSeconds = 10;

export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs commands of this machine. All code that needs it gets it as an argument, so that tests can replace it.
 */
export interface Commander {
  /** Resolves with any exit code. The code is 127 if there is no such command. */
  run(command: string, args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Starts a process that outlives bench; stdout and stderr go to a file. Resolves to its pid. */
  detach(command: string, args: readonly string[], logFile: string): Promise<number>;
}

export interface CommandOptions {
  readonly timeoutSeconds?: number;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
  /**
   * When aborted, the command and its children get SIGINT, as from a terminal, so that they clean up. They
   * are killed if they do not end within seconds. They are a separate process group: a terminal's signals
   * reach them through bench only.
   */
  readonly signal?: AbortSignal;
  /**
   * Set if the command must not be ended half-way (a package manager). No signal of bench's or of a terminal
   * reaches it. Its output goes to files, so that it outlives bench. When the time is up, or `signal` is
   * aborted, the command continues by itself. The exit code is then 124, and the last line of `stderr` says
   * so.
   */
  readonly undisturbed?: boolean;
}

export const machineCommander: Commander = {
  async run(command, args, options = {}) {
    if (options.undisturbed === true) return runUndisturbed(command, args, options);
    const child = execa(command, args, {
      reject: false,
      ...(options.timeoutSeconds === undefined ? {} : { timeout: options.timeoutSeconds * 1000 }),
      detached: options.signal !== undefined,
      ...present({ env: options.env }),
      ...(options.input === undefined ? { stdin: 'ignore' as const } : { input: options.input }),
    });
    const released = endOnAbort(child.pid, options.signal);
    const result = await child.finally(released);
    const missing = result.code === 'ENOENT';
    return {
      exitCode: result.exitCode ?? (missing ? 127 : 124),
      stdout: result.stdout,
      stderr: missing
        ? `${command}: not found`
        : (result.timedOut ? `${command}: it did not finish within ${options.timeoutSeconds} s\n` : '') +
          result.stderr,
    };
  },

  async detach(command, args, logFile) {
    const log = openSync(logFile, 'a');
    try {
      const child = spawn(command, args, { detached: true, stdio: ['ignore', log, log] });
      child.on('error', () => {}); // the missing pid reports it below
      child.unref();
      if (child.pid === undefined) {
        throw new Failure('unfit', `${command} could not be started`, {
          hint: `Is it installed? Try: ${command} --version`,
        });
      }
      return child.pid;
    } finally {
      closeSync(log);
    }
  },
};

async function runUndisturbed(
  command: string,
  args: readonly string[],
  { env, timeoutSeconds, signal }: CommandOptions,
): Promise<CommandResult> {
  const directory = await mkdtemp(join(tmpdir(), 'bench-output-'));
  const files = ['stdout', 'stderr'].map((name) => join(directory, name));
  const [out = 0, err = 0] = files.map((file) => openSync(file, 'w'));
  try {
    const child = spawn(command, args, {
      detached: true,
      stdio: ['ignore', out, err],
      env: { ...process.env, ...env },
    });
    const ended = once(child, 'exit').then(
      ([exitCode]) => (typeof exitCode === 'number' ? exitCode : 124),
      () => 127, // there is no such command
    );
    const exitCode = await Promise.race([ended, leftAlone(timeoutSeconds, signal)]);
    const [stdout = '', said = ''] = await Promise.all(files.map((file) => readFile(file, 'utf8')));
    if (exitCode !== undefined) return { exitCode, stdout: stdout.trimEnd(), stderr: said.trimEnd() };
    child.unref();
    return { exitCode: 124, stdout, stderr: `${said}${command} (pid ${child.pid}) is still running` };
  } finally {
    for (const file of [out, err]) closeSync(file);
    await rm(directory, { recursive: true, force: true }); // a command that continues keeps its files open
  }
}

/** Resolves when the time is up or the signal is aborted. */
async function leftAlone(
  timeoutSeconds: number | undefined,
  signal: AbortSignal | undefined,
): Promise<undefined> {
  const limits = [
    ...(timeoutSeconds === undefined ? [] : [AbortSignal.timeout(timeoutSeconds * 1000)]),
    ...(signal === undefined ? [] : [signal]),
  ];
  const over = AbortSignal.any(limits);
  if (!over.aborted) await once(over, 'abort');
  return undefined;
}

/**
 * Ends a process group when a signal is aborted.
 * @returns the function to call when the group has ended.
 */
function endOnAbort(group: number | undefined, signal: AbortSignal | undefined): () => void {
  if (group === undefined || signal === undefined) return () => {};
  let killing: NodeJS.Timeout | undefined;
  const end = () => {
    signalGroup(group, 'SIGINT');
    killing = setTimeout(() => signalGroup(group, 'SIGKILL'), cleanUpSeconds * 1000);
  };
  if (signal.aborted) end();
  else signal.addEventListener('abort', end, { once: true });
  return () => {
    clearTimeout(killing);
    signal.removeEventListener('abort', end);
  };
}

function signalGroup(group: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-group, signal);
  } catch {
    // all of it has ended meanwhile
  }
}

/** Whether a program of this name is on the PATH. */
export async function hasProgram(commander: Commander, name: string): Promise<boolean> {
  const { exitCode } = await commander.run('sh', ['-c', 'command -v "$1"', 'sh', name]);
  return exitCode === 0;
}
