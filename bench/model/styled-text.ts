import { printable } from './printable.ts';

/** Numbers of ECMA-48's "select graphic rendition". */
const styles = { plain: 0, bold: 1, dim: 2, red: 31, green: 32, yellow: 33 } as const;
export type TextStyle = keyof typeof styles;

export interface StyledText {
  readonly text: string;
  readonly style: TextStyle;
}

/**
 * The input of a stream: plain text, or pieces of it that have a style. Neither holds escape sequences of its
 * own.
 */
export type Text = string | readonly StyledText[];

/**
 * Text as a terminal takes it. The only escape sequences in it are those of the styles. The rest of
 * the text is made printable.
 * @param color whether the styles are written.
 */
export function terminalText(text: Text, color: boolean): string {
  if (typeof text === 'string') return printable(text);
  return text
    .map((piece) => {
      const shown = printable(piece.text);
      const bare = !color || piece.style === 'plain' || shown === '';
      return bare ? shown : `\u001b[${styles[piece.style]}m${shown}\u001b[0m`;
    })
    .join('');
}
