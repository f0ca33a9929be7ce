import { commandOptions, type OptionRow, optionGroups, variablesAlone } from '../../command-options.ts';
import { type CommandRow, commandRows } from '../../command-table.ts';
import { planOptionRows } from '../../plan/option-rows.ts';
import { ownPlans } from '../../plan/plan-names.ts';
import { exitCodesText } from './help-text.ts';

/** The man page, as man(7) source: the commands, every option, variables, files and exit codes. */
export function manPage(version: string): string {
  return [
    `.TH BENCH 1 "" "bench ${version}" "User Commands"`,
    '.SH NAME',
    "bench \\- measures what a container's network mode costs",
    '.SH SYNOPSIS',
    '.B bench\n.I COMMAND\n[\\fIoptions\\fR]',
    '.SH COMMANDS',
    ...commandRows.map(commandText),
    '.SH OPTIONS OF A PLAN',
    roff(
      'Of bench run, bench plan and, in part, bench calibrate. Each is also a variable and a key of bench.config.yaml.',
    ),
    ...groupsText(planOptionRows('all')),
    '.SH PLANS',
    roff('--plan chooses one of these, or one of your own: plans: in bench.config.yaml.'),
    ...Object.entries(ownPlans).map(([name, { says }]) => entry(`\\fB${roff(name)}\\fR`, says)),
    '.SH OTHER OPTIONS',
    ...Object.entries(commandOptions).map(([key, row]) => optionText(row, takersOf(key))),
    '.SH ENVIRONMENT',
    roff(
      'A flag comes before its variable, the variable before the values of the plan, these before the key of the config, and the key before the default.',
    ),
    ...Object.entries(variablesAlone).map(([name, says]) => entry(`\\fB${roff(name)}\\fR`, says)),
    '.SH FILES',
    entry(
      '\\fIbench.config.yaml\\fR',
      'Options of a plan for the runs of a directory; bench init writes one.',
    ),
    entry('\\fIresults/RUN/\\fR', 'The data of a run, and its reports.'),
    '.SH EXIT STATUS',
    roff(`${exitCodesText}.`),
    '.SH EXAMPLES',
    ...commandRows.flatMap(({ examples }) =>
      examples.map(([command, what]) => entry(`\\fB${roff(command)}\\fR`, what)),
    ),
    '',
  ].join('\n');
}

function commandText({ name, operand, says, more }: CommandRow): string {
  const tag = `\\fB${roff(name)}\\fR${operand === undefined ? '' : ` \\fI${roff(operand[0])}\\fR`}`;
  const about = operand === undefined ? '' : ` ${operand[0]}: ${operand[1]}.`;
  return entry(tag, `${says}${about}${more === undefined ? '' : ` ${more}`}`);
}

function groupsText(rows: readonly OptionRow[]): readonly string[] {
  return optionGroups.flatMap((group) => {
    const ofGroup = rows.filter((row) => row.group === group);
    return ofGroup.length === 0 ? [] : [`.SS ${roff(group)}`, ...ofGroup.map((row) => optionText(row))];
  });
}

/** @param of the commands that take it. */
function optionText(row: OptionRow, of: readonly string[] = []): string {
  const { flags, says, more, default: usual, variable, config } = row;
  const parts = [
    says,
    ...(more === undefined ? [] : [more]),
    ...(usual === undefined ? [] : [`Default: ${usual}.`]),
    ...(variable === undefined ? [] : [`Variable: ${variable}.`]),
    ...(config === undefined ? [] : [`Config: ${config}.`]),
    ...(of.length === 0 ? [] : [`Of ${of.join(', ')}.`]),
  ];
  return entry(`\\fB${roff(flags)}\\fR`, parts.join(' '));
}

function takersOf(key: string): readonly string[] {
  return commandRows.filter(({ options }) => options.some((it) => it === key)).map(({ name }) => name);
}

/** @param tag in man(7) already. */
function entry(tag: string, text: string): string {
  return `.TP\n${tag}\n${roff(text)}`;
}

/** Text as man(7) takes it, in ASCII: no backslash, hyphen or leading dot of it is an instruction. */
function roff(text: string): string {
  return text
    .replaceAll('\\', '\\e')
    .replaceAll('-', '\\-')
    .replace(/^([.'])/gm, '\\&$1')
    .replace(/[^\n -~]/gu, (it) => `\\[u${it.codePointAt(0)?.toString(16).toUpperCase().padStart(4, '0')}]`);
}
