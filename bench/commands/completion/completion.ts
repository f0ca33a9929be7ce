import { exitCodes, Failure } from '../../model/failure.ts';
import { wordHint } from '../../model/nearest.ts';
import { readConfig } from '../../plan/config-file.ts';
import type { CommandRunner } from '../command.ts';
import { bashScript } from './bash-script.ts';
import { completedCommands } from './completed-commands.ts';
import { fishScript } from './fish-script.ts';
import { zshScript } from './zsh-script.ts';

const scripts = { bash: bashScript, zsh: zshScript, fish: fishScript } as const;

/**
 * `bench completion SHELL`: a script for the shell. It knows all words. Only the ids of runs are looked up, and
 * the plans of a config: the script asks `bench completion plans` for them.
 */
export const completion: CommandRunner = async ({ operands: [shell = ''] }, { stdout, directory }) => {
  if (shell === 'plans') {
    const found = await readConfig(directory);
    for (const name of Object.keys(found?.config.plans ?? {})) stdout.write(`${name}\n`);
    return exitCodes.ok;
  }
  const known = Object.entries(scripts).find(([name]) => name === shell);
  if (known === undefined) {
    throw new Failure('usage', `no completion for the shell '${shell}'`, {
      hint: wordHint(shell, Object.keys(scripts), 'Shells'),
    });
  }
  stdout.write(known[1](completedCommands()));
  return exitCodes.ok;
};
