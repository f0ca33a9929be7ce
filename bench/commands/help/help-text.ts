import { type OptionRow, optionGroups } from '../../command-options.ts';
import { type CommandRow, commandRows } from '../../command-table.ts';
import { ownPlans } from '../../plan/plan-names.ts';

interface HelpStyle {
  /** Width of the terminal. */
  readonly columns: number;
  /** Whether expert options are shown too, and all that there is to know of each option. */
  readonly all: boolean;
  /** Spells `bench COMMAND` as bench was called. */
  readonly asCalled: (text: string) => string;
}

/** The help of a command: what it does, examples, and its options in groups, those of every day first. */
export function commandHelp(row: CommandRow, options: readonly OptionRow[], style: HelpStyle): string {
  const { all, asCalled } = style;
  const width = widthOf(style);
  const shown = options.filter(({ expert }) => all || expert !== true);
  const hidden = options.filter((option) => !shown.includes(option));
  const operand = row.operand?.[0] ?? '';
  const indent = indentOf(shown.map(({ flags }) => `  ${flags}`));
  return [
    `Usage: ${asCalled(`bench ${row.name}`)} [options]${operand === '' ? '' : ` ${operand}`}\n`,
    `\n${wrapped(row.more === undefined ? row.says : `${row.says} ${row.more}`, width)}`,
    ...(row.operand === undefined
      ? []
      : [`\n${twoColumns([[`  ${row.operand[0]}`, row.operand[1]]], width)}`]),
    `\nExamples:\n${examplesText(row.examples, style)}`,
    ...optionGroups.flatMap((group) => {
      const rows = shown.filter((option) => option.group === group);
      return rows.length === 0 ? [] : [`\n${group}:\n${optionsText(rows, indent, style)}`];
    }),
    ...(row.listsPlans === true || (all && row.planOptions === 'all') ? [plansText(width)] : []),
    '\n',
    ...(hidden.length === 0 ? [] : [wrapped(`Expert (--help-all): ${hidden.map(flagOf).join(', ')}`, width)]),
    ...(options.some(({ config }) => config !== undefined)
      ? [
          wrapped(
            asCalled(
              'In [brackets]: the default. Most options are also variables, and keys of bench.config.yaml (bench init).',
            ),
            width,
          ),
          wrapped(asCalled('Words such as round and mapped: bench help words'), width),
        ]
      : [wrapped('All about each option: --help-all', width)]),
  ].join('');
}

/** The help of bench itself. */
export function rootHelp(
  style: HelpStyle & { readonly variables: Readonly<Record<string, string>> },
): string {
  const { asCalled, all, variables } = style;
  const width = widthOf(style);
  const says =
    "Measures what a container's network mode costs on this machine, along the path that clients take, and how sure one can be.";
  return [
    `Usage: ${asCalled('bench COMMAND')} [options]\n\n${wrapped(says, width)}`,
    '\nExamples:\n',
    examplesText(
      [
        ['bench run', 'the default comparison, about 4 minutes, and its report'],
        ['bench plan --plan paths', 'what a run would do, and how long it would take'],
        ['bench trace http://localhost:8080', 'which path the connections to a service take'],
      ],
      style,
    ),
    `\nCommands:\n${twoColumns(
      commandRows.map(({ name, operand, says }) => [
        `  ${name}${operand === undefined ? '' : ` ${operand[0]}`}`,
        says,
      ]),
      width,
    )}`,
    `\nOptions:\n${twoColumns(
      [
        ['  -v, --version', 'Print the version.'],
        ['  -h, --help', 'Print this help.'],
      ],
      width,
    )}`,
    ...(all
      ? [
          `\nVariables:\n${twoColumns(
            Object.entries(variables).map(([name, says]) => [`  ${name}`, says]),
            width,
          )}`,
        ]
      : []),
    `\n${wrapped(asCalled('All about a command: bench help COMMAND. What the words mean: bench help words.'), width)}`,
    wrapped(`Exit codes: ${exitCodesText}.`, width),
  ].join('');
}

export const exitCodesText =
  '0 ok, 1 internal error, 2 usage, 3 environment not fit, 4 cases failed, 5 partial run, 10 a gate failed, 11 open (gate --strict), 130 interrupted';

/** bench's own plans, one a line. Help reads no config: a plan of the user's is only mentioned. */
function plansText(width: number): string {
  const rows = Object.entries(ownPlans).map(([name, { says }]) => [`  ${name}`, says] as const);
  return `\nPlans (--plan), and your own in bench.config.yaml (plans:):\n${twoColumns(rows, width)}`;
}

/** Options, one a line, with their default; with all that there is to know of each where that is asked for. */
function optionsText(rows: readonly OptionRow[], indent: number, style: HelpStyle): string {
  return twoColumns(
    rows.map((row) => [`  ${row.flags}`, aboutOption(row, style.all)]),
    widthOf(style),
    indent,
  );
}

function aboutOption(
  { says, more, default: usual, variable, config, negatable, flags }: OptionRow,
  all: boolean,
): string {
  const inBrackets = usual === undefined ? [] : [`[${usual}]`];
  if (!all) return [says, ...inBrackets].join(' ');
  const no = negatable === true ? [`--no-${flags.replace(/^.*--| .*$/g, '')} is off.`] : [];
  const sources = [
    ...(variable === undefined ? [] : [variable]),
    ...(config === undefined ? [] : [`config: ${config}`]),
  ];
  return [
    says,
    ...(more === undefined ? [] : [more]),
    ...no,
    ...inBrackets,
    ...(sources.length === 0 ? [] : [`(${sources.join(', ')})`]),
  ].join(' ');
}

function flagOf({ flags }: OptionRow): string {
  return flags.replace(/^-., /, '').replace(/ .*$/, '');
}

function examplesText(examples: CommandRow['examples'], style: HelpStyle): string {
  const rows = examples.map(([command, what]): readonly [string, string] => [
    `  ${style.asCalled(command)}`,
    what,
  ]);
  const names = rows.map(([command]) => command);
  return twoColumns(rows, widthOf(style), indentOf(names, widestExample));
}

function widthOf({ columns }: HelpStyle): number {
  return Math.min(100, Math.max(60, columns));
}

/** The widest first cells beside which the second still has room. */
const widestName = 30;
const widestExample = 42;

/** Where the second column begins. Wider first cells have a line to themselves. */
function indentOf(names: readonly string[], widest = widestName): number {
  const fitting = names.map((name) => name.length).filter((length) => length <= widest);
  return fitting.length === 0 ? 6 : Math.max(...fitting) + 2;
}

/** Two columns of text. */
export function twoColumns(
  rows: readonly (readonly [string, string])[],
  width: number,
  indent = indentOf(rows.map(([name]) => name)),
): string {
  const margin = ' '.repeat(indent);
  return rows
    .map(([name, says]) => {
      const lines = linesOf(says, width - indent);
      const beside = name.length + 2 <= indent;
      const first = beside ? `${name.padEnd(indent)}${lines.shift() ?? ''}` : name;
      return [first, ...lines.map((line) => `${margin}${line}`)]
        .map((line) => `${line.trimEnd()}\n`)
        .join('');
    })
    .join('');
}

function wrapped(text: string, width: number): string {
  return linesOf(text, width)
    .map((line) => `${line}\n`)
    .join('');
}

function linesOf(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = '';
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === '' ? word : `${line} ${word}`;
  }
  return [...lines, line];
}
