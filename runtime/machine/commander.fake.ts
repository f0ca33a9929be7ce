import type { Commander, CommandOptions, CommandResult } from './command.ts';

export interface FakeCommander extends Commander {
  /** Every command as one line of words, in order; detached ones included. */
  readonly journal: readonly string[];
}

/** What a command gives: its output and exit code 0, or whatever is said differently. */
export type Answer = string | Partial<CommandResult>;

/**
 * Runs nothing: `answer` gives each command's result. Where it gives none there is no such command (127), as on a
 * machine without it.
 */
export function fakeCommander(
  answer: (line: string, options: CommandOptions) => Answer | undefined,
): FakeCommander {
  const journal: string[] = [];
  return {
    journal,
    async run(command, args, options = {}) {
      const line = [command, ...args].join(' ');
      journal.push(line);
      const given = answer(line, options) ?? { exitCode: 127, stderr: `${command}: not found` };
      const result = typeof given === 'string' ? { stdout: given } : given;
      return { exitCode: 0, stdout: '', stderr: '', ...result };
    },
    async detach(command, args) {
      journal.push([command, ...args].join(' '));
      return 0;
    },
  };
}

/** Answers `hasProgram`'s question. */
export function programs(...installed: readonly string[]): (line: string) => Answer | undefined {
  return (line) => {
    const asked = /^sh -c command -v "\$1" sh (\S+)$/.exec(line)?.[1];
    if (asked === undefined) return undefined;
    return installed.includes(asked) ? `/usr/bin/${asked}` : { exitCode: 127 };
  };
}
