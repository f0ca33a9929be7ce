import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type CommandOption, commandOptions, variablesAlone } from '../command-options.ts';
import { type PlanOption, planOptionKeys, planOptions, variableOf } from './options.ts';

/* The page of all options is made of the tables that make the flags: `npm run golden` renews it. */

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

const head = (...names: readonly string[]) => [row(...names), row(...names.map(() => '---'))];

test('the page of options is what the tables of options say', async () => {
  const ofPlan = planOptionKeys.map((key) => {
    const { flag, argument, says, default: usual, defaultWords }: PlanOption = planOptions[key];
    const otherwise = defaultWords ?? (usual === undefined ? '' : [usual].flat().join(', '));
    return row(code(`--${flag} ${argument}`), says, otherwise, code(variableOf(key)), code(key));
  });
  const ofCommands = Object.values(commandOptions).map(
    ({ flags, says, default: usual = '', variable }: CommandOption) =>
      row(code(flags), says, usual, code(variable)),
  );
  const alone = Object.entries(variablesAlone).map(([name, says]) => row(code(name), says));
  const page = [
    '# All options',
    '',
    'A flag comes before its variable, the variable before the key in `bench.config.json` or `bench.config.yaml` of the current',
    'directory, and the key before the default.',
    '',
    '## What a plan holds',
    '',
    'Of `bench run`, `bench plan` and, in part, `bench calibrate`.',
    '',
    ...head('flag', 'what it is', 'default', 'variable', 'config'),
    ...ofPlan,
    '',
    '## What a command does besides',
    '',
    '`bench COMMAND --help` says which of them a command takes.',
    '',
    ...head('flag', 'what it is', 'default', 'variable'),
    ...ofCommands,
    '',
    '## Variables without a flag',
    '',
    ...head('variable', 'what it is'),
    ...alone,
    '',
  ].join('\n');
  await expect(page).toMatchFileSnapshot(join(import.meta.dirname, '..', 'docs', 'options.md'));
});
