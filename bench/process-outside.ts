import { existsSync } from 'node:fs';
import { userInfo } from 'node:os';
import { dirname, join } from 'node:path';
import { calledAs, spelledAs } from './as-called.ts';
import { systemClock } from './model/clock.ts';
import { exitCodes, Failure } from './model/failure.ts';
import { printable } from './model/printable.ts';
import { systemWords } from './model/system-error.ts';
import { openFile } from './open-file.ts';
import { type OutputWish, type Outside, outputsOf, outputTo, wantsColor } from './outside.ts';
import { type FileOwner, nodeDisk } from './run-folder/disk.ts';

/** The real outside. */
export function processOutside(owner: NodeJS.Process): Outside {
  const { env } = owner;
  const directory = () => directoryOf(() => owner.cwd());
  const asCalled = (text: string) => spelledAs(calledBy(owner))(text);
  const stdout = streamOf(owner.stdout, (error) => resultsLost(owner, asCalled, error));
  const stderr = streamOf(owner.stderr, () => {});
  const interruptible: Interruptible = {
    on: (signal, listener) => owner.on(signal, listener),
    exit: (code) => owner.exit(code),
    stderr: { write: (text) => owner.stderr.write(asCalled(text)) },
  };
  const outsideFor = (wish: OutputWish): Outside => ({
    env,
    get directory() {
      return directory();
    },
    home: homeOf(env, () => userInfo().homedir),
    stdout: outputTo(stdout.sink, { ...stdout, color: wantsColor(stdout.isTerminal, env, wish.color) }),
    ...outputsOf(
      outputTo(stderr.sink, {
        ...stderr,
        color: wantsColor(stderr.isTerminal, env, wish.color),
        spelled: asCalled,
      }),
      wish,
    ),
    asCalled,
    withOutputs: outsideFor,
    open: (path) => openFile(path),
    disk: nodeDisk(callerOf(env, owner.geteuid?.())),
    clock: systemClock,
    random: Math.random,
    catchInterrupts: () => catchInterrupts(interruptible),
    installation: installationOf(import.meta.dirname),
  });
  return outsideFor({});
}

function calledBy(owner: NodeJS.Process): string {
  const script = owner.argv[1] ?? 'bench';
  try {
    return calledAs({ script, env: owner.env, directory: owner.cwd() });
  } catch {
    // The directory has gone. The whole path still leads to bench.
    return calledAs({ script, env: owner.env, directory: '/' });
  }
}

/** @throws {Failure} unfit: the directory that the user is in no longer exists. */
function directoryOf(cwd: () => string): string {
  try {
    return cwd();
  } catch (cause) {
    throw new Failure('unfit', 'the current directory is no longer there', {
      hint: 'Go to another one: cd',
      cause,
    });
  }
}

/**
 * Without HOME the system's user record gives the home directory. A user without a record (a bare uid) has
 * none.
 */
export function homeOf(env: NodeJS.ProcessEnv, recorded: () => string): string {
  if (env['HOME']) return env['HOME'];
  try {
    return recorded();
  } catch {
    return '/';
  }
}

/**
 * The user who called bench through sudo. Results belong to that user, who could not remove files of root's.
 * @param user the effective one; only root can give files away.
 */
export function callerOf(env: NodeJS.ProcessEnv, user: number | undefined): FileOwner | undefined {
  const [uid, gid] = [env['SUDO_UID'], env['SUDO_GID']].map((it) =>
    /^\d{1,10}$/.test(it ?? '') ? Number(it) : undefined,
  );
  return user !== 0 || uid === undefined || gid === undefined ? undefined : { uid, gid };
}

/** Results that could not be written are no success, whatever the result of the command itself. */
function resultsLost(owner: NodeJS.Process, asCalled: (text: string) => string, error: Error): void {
  owner.stderr.write(`bench: the results could not be written to stdout: ${printable(systemWords(error))}\n`);
  const measured = ['run', 'report'].includes(owner.argv[2] ?? '');
  const hint = measured
    ? 'What was measured is in the run folder; print it again with: bench report latest'
    : 'Send stdout to where there is room, and repeat the command.';
  owner.stderr.write(asCalled(`  ${hint}\n`));
  owner.on('exit', (code) => {
    if (code === exitCodes.ok) owner.exitCode = exitCodes.unfit;
  });
}

/** How long an interrupted command may take to tidy up before it exits all the same, in seconds. */
const tidyingSeconds = 14;

/** The part of a process that interrupts meet. */
interface Interruptible {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  exit(code: number): unknown;
  readonly stderr: { write(text: string): unknown };
}

/**
 * Signals within so many milliseconds are one interrupt: `timeout` of coreutils sends its signal to its child, and then to
 * the group that the child is in.
 */
const oneInterruptMs = 250;

/**
 * The first interrupt aborts the signal. A second one ends the process, and so does a wait beyond the
 * patience.
 */
export function catchInterrupts(
  owner: Interruptible,
  { patienceSeconds = tidyingSeconds, now = () => performance.now() } = {},
): AbortSignal {
  const controller = new AbortController();
  let firstAt = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    owner.on(signal, () => {
      if (controller.signal.aborted) {
        if (now() - firstAt < oneInterruptMs) return;
        owner.stderr.write('\nbench: left at once; `bench clean` removes what remains\n');
        owner.exit(exitCodes.interrupted);
        return;
      }
      owner.stderr.write('\nbench: stopping; what was measured is kept (again to leave at once)\n');
      firstAt = now();
      controller.abort();
      const leave = () => {
        owner.stderr.write(
          `bench: not all could be tidied up within ${patienceSeconds} s; \`bench clean\` removes what remains\n`,
        );
        owner.exit(exitCodes.interrupted);
      };
      // The timer does not keep a finished command alive.
      setTimeout(leave, patienceSeconds * 1000).unref();
    });
  }
  return controller.signal;
}

/** A stream of the process, as far as an output needs it. */
interface Stream {
  readonly sink: (text: string) => void;
  readonly isTerminal: boolean;
  readonly columns: number;
}

/**
 * A reader that exits early (`| head`) or a closed terminal ends no measurement, because the run folder has
 * everything. Any other error is reported once.
 */
function streamOf(stream: NodeJS.WriteStream, complain: (error: Error) => void): Stream {
  let complained = false;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (complained || error.code === 'EPIPE' || error.code === 'EIO') return;
    complained = true;
    complain(error);
  });
  return {
    sink: (text) => void stream.write(text),
    isTerminal: stream.isTTY === true,
    columns: stream.columns ?? 80,
  };
}

/** Resolves when all text written to a stream has left this process, or cannot leave it. */
export function written(stream: NodeJS.WriteStream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.destroyed || !stream.writable) return resolve();
    stream.once('close', resolve);
    stream.write('', () => resolve());
  });
}

/** The nearest folder upwards that holds package.json: from the sources and from dist alike. */
export function installationOf(directory: string): string {
  if (existsSync(join(directory, 'package.json'))) return directory;
  const parent = dirname(directory);
  if (parent === directory) throw new Error('bench is not installed whole: there is no package.json');
  return installationOf(parent);
}
