import { join } from 'node:path';
import { expect, test } from 'vitest';
import { commandOptions, type OptionRow, variablesAlone } from '../command-options.ts';
import { commandRows } from '../command-table.ts';
import { planOptionRows } from './option-rows.ts';

/* The page of all options is made of the tables that make the flags: `npm run golden` renews it. */

function row(...cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

function code(text: string | undefined): string {
  return text === undefined ? '' : `\`${text}\``;
}

const head = (...names: readonly string[]) => [row(...names), row(...names.map(() => '---'))];

function purpose({ says, more }: OptionRow): string {
  return more === undefined ? says : `${says} ${more}`;
}

test('the page of options is what the tables of options say', async () => {
  const ofPlan = planOptionRows('all').map((option) => {
    const { flags, default: usual = '', variable, config } = option;
    return row(code(flags), purpose(option), usual, code(variable), code(config));
  });
  const ofCommands = Object.entries<OptionRow>(commandOptions).map(([key, option]) => {
    const commands = commandRows.filter(({ options }) => options.some((it) => it === key));
    const names = commands.map(({ name }) => name).join(', ');
    return row(code(option.flags), purpose(option), option.default ?? '', code(option.variable), names);
  });
  const alone = Object.entries(variablesAlone).map(([name, says]) => row(code(name), says));
  const page = [
    '# All options',
    '',
    'A flag comes before its variable, the variable before [the plan](plans.md), the plan before the key in `bench.config.json` or',
    '`bench.config.yaml` of the current directory, and the key before the default. `bench init` writes a config with all of them, as',
    'comments.',
    '',
    'Values are written alike everywhere: `90s`, `5m`, `1h` or a number of seconds; `1%` or `0.01`; `64KiB`, `100k` or a number of',
    'bytes; `on`, `off`, `yes`, `no`, `true` or `false`; lists with commas. In a config, the name of a flag stands for its key as well:',
    '`time: 5m`. A flag of texts may be repeated (`--env`, `--header`, `--mount`): in its variable, each line is one of them.',
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
    ...head('flag', 'what it is', 'default', 'variable', 'commands'),
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
