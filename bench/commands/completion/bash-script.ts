import { planNames } from '../../plan/plan-names.ts';
import type { CompletedCommand, CompletedOption } from './completed-commands.ts';

/** For bash 4 and newer. It needs no other package of completions. */
export function bashScript(commands: readonly CompletedCommand[]): string {
  return `# bash completion for bench, made by: bench completion bash
_bench() {
  local current=\${COMP_WORDS[COMP_CWORD]} previous=\${COMP_WORDS[COMP_CWORD-1]} command=\${COMP_WORDS[1]}
  local out=results list= word
  COMPREPLY=()
  if [ "$COMP_CWORD" -le 1 ]; then
    COMPREPLY=($(compgen -W "${words([...commands.map(({ name }) => name), '--help', '--version'])}" -- "$current"))
    return
  fi
  for ((word = 2; word < COMP_CWORD; word++)); do
    [ "\${COMP_WORDS[word]}" = --out ] && out=\${COMP_WORDS[word+1]}
  done
  case $command in
${commands.map(commandCase).join('')}  esac
}
complete -F _bench bench
`;
}

function commandCase({ name, options, operands }: CompletedCommand): string {
  const names = options.flatMap((option) => option.names);
  const operandLine =
    operands === 'run'
      ? '[ -d "$out" ] && COMPREPLY=($(compgen -W "latest $(command ls -r -- "$out")" -- "$current"))'
      : `COMPREPLY=($(compgen -W "${words(operands)}" -- "$current"))`;
  return `    ${name})
      case $previous in
${options.map(valueCase).join('')}      esac
      case $current in
        -*) COMPREPLY=($(compgen -W "${words(names)}" -- "$current")) ;;
        *) ${operandLine} ;;
      esac
      ;;
`;
}

/** What follows an option. In a list, the words after the last comma are completed. */
function valueCase({ names, takesValue, values }: CompletedOption): string {
  if (!takesValue) return '';
  const pattern = `        ${names.filter((name) => !name.startsWith('--no-')).join('|')})`;
  if (values === undefined) return `${pattern} return ;;\n`;
  if (values === 'directory') return `${pattern} COMPREPLY=($(compgen -d -- "$current")); return ;;\n`;
  if (values === 'file') return `${pattern} COMPREPLY=($(compgen -f -- "$current")); return ;;\n`;
  if (values === 'run') {
    return `${pattern} [ -d "$out" ] && COMPREPLY=($(compgen -W "$(command ls -r -- "$out")" -- "$current")); return ;;\n`;
  }
  if (values === 'plan') {
    return `${pattern} COMPREPLY=($(compgen -W "${words(planNames)} $("\${COMP_WORDS[0]}" completion plans 2>/dev/null)" -- "$current")); return ;;\n`;
  }
  const given = words(values.words);
  if (values.list !== true)
    return `${pattern} COMPREPLY=($(compgen -W "${given}" -- "$current")); return ;;\n`;
  return `${pattern}
          case $current in *,*) list=\${current%,*}, ;; esac
          COMPREPLY=($(compgen -P "$list" -W "${given}" -- "\${current##*,}"))
          return
          ;;
`;
}

function words(list: readonly string[]): string {
  return list.join(' ');
}
