import { execFile } from 'node:child_process';
import { Failure } from '../../bench/model/failure.ts';

interface CommandOutput {
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program without a shell. Rejects with a `Failure` that quotes the command and what it said. */
export type RunCommand = (command: string, args: readonly string[]) => Promise<CommandOutput>;

/** Longer than any of our commands takes; shorter than a user would wait for an answer. */
const timeoutMs = 20_000;
const maxOutputBytes = 64 * 1024 * 1024;

/** @param environment of the commands. Their messages are requested in English, because some are parsed. */
export function commandsWith(environment: NodeJS.ProcessEnv): RunCommand {
  const options = {
    env: { ...environment, LC_ALL: 'C' },
    timeout: timeoutMs,
    maxBuffer: maxOutputBytes,
    encoding: 'utf8' as const,
  };
  return (command, args) =>
    new Promise((resolve, reject) => {
      execFile(command, [...args], options, (error, stdout, stderr) => {
        if (error === null) resolve({ stdout, stderr });
        else reject(commandFailure([command, ...args].join(' '), error, stderr));
      });
    });
}

function commandFailure(line: string, error: Error & { code?: unknown }, stderr: string): Failure {
  const said = stderr.trim();
  const reason = error.code === 'ENOENT' ? 'it is not installed' : said === '' ? error.message : said;
  return new Failure('unfit', `\`${line}\` failed: ${reason}`, { cause: error });
}

/** The command's output, or the `Failure` it ended with. */
export async function attempt(
  run: RunCommand,
  command: string,
  args: readonly string[],
): Promise<CommandOutput | Failure> {
  try {
    return await run(command, args);
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
}
