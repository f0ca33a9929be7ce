import { exitCodes, Failure } from '../../model/failure.ts';
import { wordHint } from '../../model/nearest.ts';
import type { CommandRunner } from '../command.ts';
import { bashScript } from './bash-script.ts';
import { completedCommands } from './completed-commands.ts';
import { fishScript } from './fish-script.ts';
import { zshScript } from './zsh-script.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/** `bench completion SHELL`: a script for the shell. It knows all words; only the ids of runs are looked up. */
export const completion: CommandRunner = async ({ operands: [shell = ''] }, { stdout }) => {
  const known = Object.entries(scripts).find(([name]) => name === shell);
  if (known === undefined) {
    throw new Failure('usage', `no completion for the shell '${shell}'`, {
      hint: wordHint(shell, Object.keys(scripts), 'Shells'),
    });
  }
  stdout.write(known[1](completedCommands()));
  return exitCodes.ok;
};
