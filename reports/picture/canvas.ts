import type { TextWidth } from '../fonts/text-width.ts';

/** The light theme of the report. The picture has no style sheet: chats and READMEs show it as it is. */
export const colors = {
  paper: '#ffffff',
  ink: '#1b1f27',
  quiet: '#59616e',
  line: '#d5d9e0',
  tint: '#eef0f3',
  worse: '#a3260f',
  better: '#0b6a4c',
  warning: '#7d5200',
  bar: '#d5d9e0',
} as const;
export type Color = (typeof colors)[keyof typeof colors];

interface TextStyle {
  readonly size: number;
  readonly bold?: boolean;
  readonly color: Color;
}

/** A text in pieces of different weight, as in `**Noise check passed.** Host mode did not differ.` */
interface Piece {
  readonly text: string;
  readonly bold?: boolean;
}

/** A part of the picture that is already laid out. */
export interface Block {
  readonly markup: string;
  /** Where it ends, in pixels from the top of the picture. */
  readonly bottom: number;
}

export interface Canvas {
  readonly textWidth: TextWidth;
}

/** Distance between two lines of a text, as a multiple of its size. */
const lineHeight = 1.38;

/**
 * One line. Its width is that of the report's own font, in whatever font a reader's machine has.
 * @param y of the baseline.
 */
export function line(
  { textWidth }: Canvas,
  text: string,
  x: number,
  y: number,
  { size, bold = false, color }: TextStyle,
  anchor: 'start' | 'middle' | 'end' = 'start',
): string {
  if (text.trim() === '') return '';
  const width = textWidth(text, size, bold);
  const from = anchor === 'start' ? x : anchor === 'middle' ? x - width / 2 : x - width;
  return (
    `<text x="${rounded(from)}" y="${rounded(y)}" font-size="${size}"${bold ? ' font-weight="600"' : ''} fill="${color}"` +
    ` textLength="${rounded(width)}" lengthAdjust="spacingAndGlyphs">${escaped(text)}</text>\n`
  );
}

/**
 * A text of several pieces in lines that fit.
 * @param top of the first line.
 */
export function paragraph(
  canvas: Canvas,
  pieces: readonly Piece[],
  { x, top, width }: { readonly x: number; readonly top: number; readonly width: number },
  style: TextStyle,
): Block {
  const step = style.size * lineHeight;
  const weighted = pieces.map(({ text, bold }) => ({ text, bold: bold === true || style.bold === true }));
  const lines = linesOf(canvas, weighted, width, style.size);
  let markup = '';
  for (const [index, parts] of lines.entries()) {
    let at = x;
    for (const { text: spaced, bold } of parts) {
      // SVG drops a space at the beginning of a text.
      const text = spaced.trimStart();
      at += canvas.textWidth(' '.repeat(spaced.length - text.length), style.size, bold);
      markup += line(canvas, text, at, top + index * step + style.size, { ...style, bold });
      at += canvas.textWidth(text, style.size, bold);
    }
  }
  return { markup, bottom: top + lines.length * step };
}

/** Breaks at spaces. A word that is wider than the line has a line of its own. */
function linesOf(
  { textWidth }: Canvas,
  pieces: readonly Required<Piece>[],
  width: number,
  size: number,
): readonly (readonly Required<Piece>[])[] {
  const words = pieces.flatMap(({ text, bold }) =>
    bound(text)
      .split(' ')
      .filter((word) => word !== '')
      .map((word) => ({ text: word, bold })),
  );
  const lines: { text: string; bold: boolean }[][] = [];
  let used = 0;
  for (const word of words) {
    const last = lines.at(-1);
    const open = last?.at(-1);
    const wide = textWidth(` ${word.text}`, size, word.bold);
    if (last === undefined || open === undefined || used + wide > width) {
      lines.push([{ ...word }]);
      used = textWidth(word.text, size, word.bold);
      continue;
    }
    used += wide;
    if (open.bold === word.bold) open.text += ` ${word.text}`;
    else last.push({ text: ` ${word.text}`, bold: word.bold });
  }
  return lines;
}

/** A number stays on the line of its unit, and an interval on one line. */
function bound(text: string): string {
  return text
    .replace(/(\d) (?=\S)/g, '$1\u00a0')
    .replace(/\[[^\]]*\]/g, (interval) => interval.replaceAll(' ', '\u00a0'));
}

export function rule(x1: number, x2: number, y: number): string {
  return `<path d="M${rounded(x1)},${rounded(y)}H${rounded(x2)}" stroke="${colors.line}"/>\n`;
}

export function box(
  {
    x,
    y,
    width,
    height,
  }: { readonly x: number; readonly y: number; readonly width: number; readonly height: number },
  fill: Color,
  more = '',
): string {
  return `<rect x="${rounded(x)}" y="${rounded(y)}" width="${rounded(width)}" height="${rounded(height)}" fill="${fill}"${more}/>\n`;
}

/** Two decimals: less than a pixel of the PNG shows. */
export function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}

export function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
