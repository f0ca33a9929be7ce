/**
 * Characters that a terminal, a viewer or an editor obeys instead of showing them: control characters (C0, DEL, C1) but
 * line feed and tab, the marks and embeddings of the bidirectional algorithm (Unicode Standard Annex 9), which show text
 * in another order than it has, and Unicode's own line ends.
 */
const obeyed = /(?![\n\t])\p{Cc}|[\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/gu;

/**
 * Makes text from outside safe to show: each character that would be obeyed is spelt out, e.g. `\u001b`.
 *
 * JSON stays the same JSON. Its own line feeds stay, and inside its strings `\u001b` is how such a character
 * is written.
 */
export function printable(text: string): string {
  return text
    .replaceAll('\r\n', '\n')
    .replace(obeyed, (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** The same, on one line, for words that stand inside a sentence: a name, a label, a reason. */
export function oneLine(text: string): string {
  return printable(text.replace(/\s+/g, ' '));
}
