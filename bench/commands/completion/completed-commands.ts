import { commandOptions, type OptionRow, type OptionValues } from '../../command-options.ts';
import { type CommandRow, commandNames, commandRows } from '../../command-table.ts';
import { networkModes } from '../../model/path.ts';
import { planOptionRows } from '../../plan/option-rows.ts';

/** An option, as far as a shell completes it. */
export interface CompletedOption {
  /** All its spellings, the long one first. */
  readonly names: readonly string[];
  readonly says: string;
  /** Whether a value follows it. One that may be left out is not waited for. */
  readonly takesValue: boolean;
  readonly values?: OptionValues;
}

export interface CompletedCommand {
  readonly name: string;
  readonly says: string;
  readonly options: readonly CompletedOption[];
  readonly operands: readonly string[] | 'run';
}

/** What there is to complete, from the tables that the help is made of. */
export function completedCommands(): readonly CompletedCommand[] {
  return commandRows.map((row: CommandRow) => ({
    name: row.name,
    says: row.says,
    options: [
      ...(row.planOptions === undefined ? [] : planOptionRows(row.planOptions)),
      ...row.options.map((key): OptionRow => commandOptions[key]),
    ]
      .map(optionOf)
      .concat(
        { names: ['--help', '-h'], says: 'Print help.', takesValue: false },
        { names: ['--help-all'], says: 'Print all options.', takesValue: false },
      ),
    operands: operandsOf(row),
  }));
}

function optionOf({ flags, says, values, negatable }: OptionRow): CompletedOption {
  const [spelled = '', argument = ''] = flags.split(/ (?=[<[])/);
  const names = spelled.split(', ').toReversed();
  const [long = ''] = names;
  return {
    names: negatable === true ? [...names, long.replace('--', '--no-')] : names,
    says,
    takesValue: argument.startsWith('<'),
    ...(values === undefined || argument.startsWith('[') ? {} : { values }),
  };
}

function operandsOf({ operandValues }: CommandRow): CompletedCommand['operands'] {
  if (operandValues === 'mode') return networkModes;
  if (operandValues === 'command') return [...commandNames, 'words'];
  return operandValues ?? [];
}
