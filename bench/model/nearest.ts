import { distance } from 'fastest-levenshtein';

/** The word that a mistyped one most likely meant, or `undefined` if none is near (Levenshtein distance). */
export function nearest(typed: string, words: readonly string[]): string | undefined {
  const ranked = words
    .map((word) => ({ word, edits: distance(typed.toLowerCase(), word.toLowerCase()) }))
    .sort((one, other) => one.edits - other.edits);
  const [best] = ranked;
  return best !== undefined && best.edits <= Math.max(2, Math.ceil(best.word.length / 3))
    ? best.word
    : undefined;
}

/**
 * A hint for an unknown word: `did you mean "bridge"? Modes: host, bridge, mapped`.
 * @param listed the words to list, where all of them would be too many to read.
 */
export function wordHint(
  typed: string,
  words: readonly string[],
  plural: string,
  listed: readonly string[] = words,
): string {
  const word = nearest(typed, words);
  const list = `${plural}: ${listed.join(', ')}`;
  return word === undefined ? list : `did you mean "${word}"? ${list}`;
}
