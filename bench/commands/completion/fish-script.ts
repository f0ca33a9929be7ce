import { planNames } from '../../plan/plan-names.ts';
import type { CompletedCommand, CompletedOption } from './completed-commands.ts';

/** Looked up when they are completed. */
const runs = '(command ls -r results 2>/dev/null)';

const plans = '((commandline -opc)[1] completion plans 2>/dev/null)';

/** For fish: one line for each command and option. */
export function fishScript(commands: readonly CompletedCommand[]): string {
  return [
    '# fish completion for bench, made by: bench completion fish',
    'complete -c bench -f',
    ...commands.map(
      ({ name, says }) => `complete -c bench -n __fish_use_subcommand -a ${name} -d ${quoted(says)}`,
    ),
    ...commands.flatMap(ofCommand),
    '',
  ].join('\n');
}

function ofCommand({ name, options, operands }: CompletedCommand): readonly string[] {
  const when = `complete -c bench -n '__fish_seen_subcommand_from ${name}'`;
  const operand = operands === 'run' ? `'latest ${runs}'` : `'${operands.join(' ')}'`;
  return [
    ...(operands.length === 0 ? [] : [`${when} -a ${operand}`]),
    ...options.map((option) => `${when} ${flags(option)} -d ${quoted(option.says)}${value(option)}`),
  ];
}

function flags({ names }: CompletedOption): string {
  return names
    .map((name) => (name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`))
    .join(' ');
}

function value({ takesValue, values }: CompletedOption): string {
  if (!takesValue) return '';
  if (values === undefined) return ' -x';
  if (values === 'directory') return " -x -a '(__fish_complete_directories)'";
  if (values === 'file') return ' -r -F';
  if (values === 'run') return ` -x -a '${runs}'`;
  if (values === 'plan') return ` -x -a '${planNames.join(' ')} ${plans}'`;
  const words = values.words.join(' ');
  return values.list === true ? ` -x -a '(__fish_append , ${words})'` : ` -x -a '${words}'`;
}

function quoted(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}
