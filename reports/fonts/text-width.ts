import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Failure } from '../../bench/model/failure.ts';
import { readFontFile } from './font-file.ts';

/** The contents of the bundled font's files, one for each of its two weights. */
export interface ReportFont {
  readonly family: string;
  readonly regular: Uint8Array;
  readonly semiBold: Uint8Array;
}

/** Width of a text in the unit of `fontSize`. */
export type TextWidth = (text: string, fontSize: number, bold: boolean) => number;

const files = { regular: 'Inter-Regular.ttf', semiBold: 'Inter-SemiBold.ttf' } as const;

/** The bundled font's files, for a library that reads them itself. */
export function reportFontFiles(directory: string): string[] {
  return Object.values(files).map((name) => join(directory, name));
}

/**
 * Reads the bundled font.
 * @throws Failure if a file of it is missing: the installation is damaged.
 */
export async function readReportFont(directory: string): Promise<ReportFont> {
  try {
    const [regular, semiBold] = await Promise.all([
      readFile(join(directory, files.regular)),
      readFile(join(directory, files.semiBold)),
    ]);
    return { family: 'Inter', regular, semiBold };
  } catch (cause) {
    throw new Failure('internal', `The report's font cannot be read in ${directory}.`, {
      hint: 'The installation is incomplete: install the package again.',
      cause,
    });
  }
}

/** Measures with the font's own advance widths. */
export function textWidthOf(font: ReportFont): TextWidth {
  const regular = readFontFile(font.regular);
  const semiBold = readFontFile(font.semiBold);
  return (text, fontSize, bold) => {
    const file = bold ? semiBold : regular;
    let units = 0;
    for (const character of text) units += file.advance(character);
    return (units * fontSize) / file.unitsPerEm;
  };
}
