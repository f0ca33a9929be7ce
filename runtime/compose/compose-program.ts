import { Failure } from '../../bench/model/failure.ts';
import { throwIfInterrupted } from '../../bench/model/go-on.ts';
import { present } from '../../bench/model/present.ts';
import type { Commander, CommandOptions } from '../machine/command.ts';

/** The machine's Compose: Docker's plugin, or the program of its own. */
export interface ComposeProgram {
  /** How the user calls it: `docker compose` or `docker-compose`. */
  readonly name: string;
  /** The words of a command before Compose's own. */
  readonly words: readonly [string, ...string[]];
  /** 1 is the Python program, which ended with 1.29. Later versions speak JSON. */
  readonly major: number;
}

/** Before 1.27 a file without a version was of the first format, without networks and volumes. */
const leastMinor = 27;

const howToInstall =
  'Install one: apt-get install docker-compose (Debian), or the package docker-compose-plugin of Docker. Without it, measure the image alone: --image.';

/** @throws {Failure} unfit: this machine has no Compose, or one that is too old. */
export async function findCompose(commander: Commander): Promise<ComposeProgram> {
  for (const words of [['docker', 'compose'], ['docker-compose']] as const) {
    const [command, ...rest] = words;
    const { exitCode, stdout } = await commander.run(command, [...rest, 'version', '--short']);
    const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(stdout.trim()) ?? [];
    if (exitCode !== 0 || major === undefined) continue;
    const name = words.join(' ');
    if (Number(major) === 1 && Number(minor) < leastMinor) {
      throw new Failure('unfit', `${name} is ${stdout.trim()}, and bench needs 1.${leastMinor} or later`, {
        hint: howToInstall,
      });
    }
    return { name, words, major: Number(major) };
  }
  throw new Failure('unfit', 'neither docker compose nor docker-compose answers on this machine', {
    hint: howToInstall,
  });
}

interface ComposeOrder extends Pick<CommandOptions, 'input' | 'timeoutSeconds' | 'signal'> {
  /** What is done, in words: `start db`. */
  readonly what: string;
  readonly args: readonly string[];
  /** The engine's address, if it is not the one that Compose uses by itself. */
  readonly engine?: string | undefined;
}

/**
 * Runs one command of Compose.
 * @returns its stdout.
 * @throws {Failure} unfit: it failed, with what it said.
 */
export async function runCompose(
  commander: Commander,
  { name, words }: ComposeProgram,
  { what, args, engine, input, timeoutSeconds, signal }: ComposeOrder,
): Promise<string> {
  const [command, ...rest] = words;
  const { exitCode, stdout, stderr } = await commander.run(command, [...rest, ...args], {
    ...present({ input, timeoutSeconds, signal }),
    ...(engine === undefined ? {} : { env: { DOCKER_HOST: engine } }),
  });
  if (signal !== undefined) throwIfInterrupted(signal);
  if (exitCode === 0) return stdout;
  throw new Failure('unfit', `${name} could not ${what} (exit code ${exitCode})`, {
    hint: `It said:\n${saidLines(stderr).slice(-8).join('\n') || '(nothing)'}`,
  });
}

/** The lines that Compose wrote, without those that it draws over. */
function saidLines(stderr: string): readonly string[] {
  return stderr
    .split(/[\r\n]+/)
    .map((line) => line.trimEnd())
    .filter((line) => line !== '' && !/ \.\.\.( done)?$/.test(line));
}
