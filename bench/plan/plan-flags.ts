import { Option } from 'commander';
import {
  optionGroups,
  type PlanOption,
  type PlanOptionKey,
  planOptionKeys,
  planOptions,
  variableOf,
} from './options.ts';

/** A line of help lists no more words than this. An error about a wrong word lists them all. */
const mostWordsShown = 8;

/** The options of a plan as command-line flags, by the groups of the help. */
export function planFlags(wanted: 'all' | readonly string[]): readonly Option[] {
  return optionGroups.flatMap((group) =>
    planOptionKeys
      .filter((key) => planOptions[key].group === group && (wanted === 'all' || wanted.includes(key)))
      .map((key) => flagOf(key)),
  );
}

function flagOf(key: PlanOptionKey): Option {
  const row: PlanOption = planOptions[key];
  const { reads } = row;
  const flags = `${row.short === undefined ? '' : `-${row.short}, `}--${row.flag} ${row.argument}`;
  const option = new Option(flags, helpOf(key, row)).helpGroup(`${row.group}:`);
  return reads.as === 'words' ? option.argParser(listed) : option;
}

/** An option's purpose, its words, its default, its variable and its key in a config. */
function helpOf(key: PlanOptionKey, { says, reads, default: usual, defaultWords }: PlanOption): string {
  const words =
    reads.as === 'words' && reads.words.length <= mostWordsShown ? ` Of ${reads.words.join(', ')}.` : '';
  const otherwise = defaultWords ?? (usual === undefined ? undefined : [usual].flat().join(','));
  const sources = `${variableOf(key)}; config: ${key}`;
  return `${says}${words} (${otherwise === undefined ? '' : `default: ${otherwise}; `}${sources})`;
}

/** Lists may be repeated. */
function listed(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
