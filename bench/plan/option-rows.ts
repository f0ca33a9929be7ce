import type { OptionRow, OptionValues } from '../command-options.ts';
import { type PlanOption, type PlanOptionKey, planOptionKeys, planOptions, variableOf } from './options.ts';

/** A line of help lists no more words than this. An error about a wrong word lists them all. */
const mostWordsShown = 8;

/** The options of a plan as help, completion and man page show them. */
export function planOptionRows(wanted: 'all' | readonly PlanOptionKey[]): readonly OptionRow[] {
  return planOptionKeys.filter((key) => wanted === 'all' || wanted.includes(key)).map(rowOf);
}

function rowOf(key: PlanOptionKey): OptionRow {
  const row: PlanOption = planOptions[key];
  const { short, flag, argument, says, reads, group } = row;
  const usual = defaultOf(row);
  const told = `${says} ${row.more ?? ''}`;
  const isShort = reads.as === 'words' && reads.words.length <= mostWordsShown;
  const words = isShort && !reads.words.every((word) => told.includes(word)) ? reads.words : undefined;
  const more = [row.more, words && `Of ${words.join(', ')}.`].filter((it) => it !== undefined);
  const values = key === 'plan' ? 'plan' : valuesOf(row);
  return {
    flags: `${short === undefined ? '' : `-${short}, `}--${flag} ${argument}`,
    says,
    ...(more.length === 0 ? {} : { more: more.join(' ') }),
    ...(usual === undefined ? {} : { default: usual }),
    variable: variableOf(key),
    config: key,
    group,
    ...(row.expert === undefined ? {} : { expert: true }),
    ...(reads.as === 'switch' ? { negatable: true } : {}),
    ...(values === undefined ? {} : { values }),
  };
}

function defaultOf({ default: usual, defaultWords }: PlanOption): string | undefined {
  return defaultWords ?? (usual === undefined ? undefined : [usual].flat().join(','));
}

function valuesOf({ reads }: PlanOption): OptionValues | undefined {
  if (reads.as === 'words') return { words: reads.words, list: true };
  if (reads.as === 'word') return { words: reads.words };
  if (reads.as === 'texts') return { words: [], list: true };
  return reads.as === 'switch' ? { words: ['on', 'off'] } : undefined;
}
