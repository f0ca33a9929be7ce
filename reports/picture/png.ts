import { Failure } from '../../bench/model/failure.ts';
import { reportFontFiles } from '../fonts/text-width.ts';

/** Pixels of the PNG for one of the SVG: sharp on the screens of today. */
const zoom = 2;

/**
 * Draws an SVG of ours as PNG, with the report's own font. The library is large, so it is loaded on the first call.
 * @param fontsDirectory the folder of the bundled font, `reports/fonts`.
 * @throws {Failure} unfit: the library has no binary for this platform.
 */
export async function pngOf(svg: string, fontsDirectory: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js').catch((cause: unknown) => {
    throw new Failure('unfit', 'report.png cannot be drawn: its library does not load on this platform.', {
      hint: 'report.svg is the same picture. Install the package again with its optional dependencies to get both.',
      cause,
    });
  });
  const font = {
    fontFiles: reportFontFiles(fontsDirectory),
    loadSystemFonts: false,
    defaultFontFamily: 'Inter',
  };
  return new Resvg(svg, { fitTo: { mode: 'zoom', value: zoom }, font }).render().asPng();
}
