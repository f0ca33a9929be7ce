import { readerWords } from '../../bench/model/reader-words.ts';

/** Words of the code in sentences of the analysis, and what a reader is told instead. Longer ones first. */
const instead: readonly (readonly [code: RegExp, reader: string])[] = [
  [/load agent/g, readerWords.agent.reader],
  [/the widest declared interval is/gi, `The widest interval of a ${readerWords.declared.reader} is`],
  [/declared comparison/g, readerWords.declared.reader],
  [/the twin, a second identical deployment of (?:\S+),/g, 'the second copy of host mode, a noise check,'],
  [/\btwins\b/g, 'noise checks'],
  [/\bthe twin\b/gi, 'the second copy of host mode'],
  [/\bits twin\b/g, 'its second copy'],
  [/\bcontender\b/g, readerWords.contender.reader],
  [/left out/g, readerWords.leftOut.reader],
];

/** A sentence of the analysis in a reader's words. Ids of paths stay: the data files and `--explain` have them. */
export function readerText(sentence: string): string {
  return instead.reduce((text, [code, reader]) => text.replace(code, reader), sentence);
}
