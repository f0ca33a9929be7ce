import { planNames } from '../../plan/plan-names.ts';
import type { CompletedCommand, CompletedOption } from './completed-commands.ts';

/** For zsh's own completion system: a file _bench in a directory of fpath. */
export function zshScript(commands: readonly CompletedCommand[]): string {
  return `#compdef bench
# zsh completion for bench, made by: bench completion zsh
_bench_runs() {
  local -a runs
  runs=(latest results/*(N/On:t))
  compadd -a runs
}
_bench_plans() {
  compadd - ${planNames.join(' ')} $(_call_program plans $bench completion plans 2>/dev/null)
}
_bench() {
  local -a commands
  commands=(
${commands.map(({ name, says }) => `    ${quoted(`${name}:${escaped(says, ':')}`)}\n`).join('')}  )
  if (( CURRENT == 2 )); then
    _describe command commands
    return
  fi
  local bench=$words[1] command=$words[2]
  words=("\${(@)words[2,-1]}")
  (( CURRENT-- ))
  case $command in
${commands.map(commandCase).join('')}  esac
}
_bench "$@"
`;
}

function commandCase({ name, options, operands }: CompletedCommand): string {
  const operand =
    operands === 'run'
      ? '*:run:_bench_runs'
      : operands.length === 0
        ? undefined
        : `*:word:(${operands.join(' ')})`;
  const specs = [...options.flatMap(optionSpecs), ...(operand === undefined ? [] : [operand])];
  return `    ${name})\n      _arguments \\\n${specs.map((spec) => `        ${quoted(spec)}`).join(' \\\n')}\n      ;;\n`;
}

function optionSpecs({ names, says, takesValue, values }: CompletedOption): readonly string[] {
  const text = `[${escaped(says, '[]:')}]`;
  return names.map((name) => {
    const no = name.startsWith('--no-');
    if (!takesValue || no) return `${name}${text}`;
    return `*${name}${text}:value:${action(values)}`;
  });
}

function action(values: CompletedOption['values']): string {
  if (values === undefined) return ' ';
  if (values === 'directory') return '_files -/';
  if (values === 'file') return '_files';
  if (values === 'run') return '_bench_runs';
  if (values === 'plan') return '_bench_plans';
  const words = values.words.join(' ');
  return values.list === true ? `_sequence compadd - ${words}` : `(${words})`;
}

function escaped(text: string, characters: string): string {
  return [...text].map((it) => (characters.includes(it) ? `\\${it}` : it)).join('');
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
