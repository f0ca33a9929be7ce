/** The data read from a TrueType file: the width of each character. */
interface FontFile {
  readonly unitsPerEm: number;
  /** Advance width of a character in font units; that of the "missing" glyph if the font has none for it. */
  advance(character: string): number;
  has(character: string): boolean;
}

/**
 * Reads the tables `head`, `hhea`, `hmtx` and `cmap` (format 4: the characters that fit 16 bits) of an
 * uncompressed font, as the OpenType specification 1.9 lays them out. Kerning and ligatures are left alone:
 * the charts are set without them, so the sum of the advances is the width.
 * @throws Error if a table is missing or the font has no map of format 4.
 */
export function readFontFile(bytes: Uint8Array): FontFile {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const tables = tableOffsets(view);
  function table(tag: string): number {
    const offset = tables.get(tag);
    if (offset === undefined) throw new Error(`the font has no table "${tag}"`);
    return offset;
  }
  const unitsPerEm = view.getUint16(table('head') + 18);
  const glyphs = glyphsOf(view, table('cmap'));
  const advances = view.getUint16(table('hhea') + 34);
  const hmtx = table('hmtx');
  return {
    unitsPerEm,
    has: (character) => glyphs.has(character.codePointAt(0) ?? 0),
    advance(character) {
      const glyph = glyphs.get(character.codePointAt(0) ?? 0) ?? 0;
      return view.getUint16(hmtx + 4 * Math.min(glyph, advances - 1));
    },
  };
}

function tableOffsets(view: DataView): ReadonlyMap<string, number> {
  const offsets = new Map<string, number>();
  const count = view.getUint16(4);
  for (let index = 0; index < count; index++) {
    const record = 12 + 16 * index;
    const tag = [0, 1, 2, 3].map((it) => String.fromCharCode(view.getUint8(record + it))).join('');
    offsets.set(tag, view.getUint32(record + 8));
  }
  return offsets;
}

/** Code point → glyph. */
function glyphsOf(view: DataView, cmap: number): ReadonlyMap<number, number> {
  const count = view.getUint16(cmap + 2);
  for (let index = 0; index < count; index++) {
    const subtable = cmap + view.getUint32(cmap + 4 + 8 * index + 4);
    if (view.getUint16(subtable) === 4) return segmentsOf(view, subtable);
  }
  throw new Error('the font has no character map of format 4');
}

/** Format 4: runs of code points, each with a delta or with its own glyphs. */
function segmentsOf(view: DataView, subtable: number): ReadonlyMap<number, number> {
  const glyphs = new Map<number, number>();
  const twice = view.getUint16(subtable + 6);
  const ends = subtable + 14;
  const starts = ends + twice + 2;
  const deltas = starts + twice;
  const ranges = deltas + twice;
  for (let at = 0; at < twice; at += 2) {
    const start = view.getUint16(starts + at);
    const end = view.getUint16(ends + at);
    const delta = view.getUint16(deltas + at);
    const range = view.getUint16(ranges + at);
    for (let code = start; code <= end && code !== 0xffff; code++) {
      const found = range === 0 ? code : view.getUint16(ranges + at + range + 2 * (code - start));
      if (found !== 0) glyphs.set(code, (found + delta) & 0xffff);
    }
  }
  return glyphs;
}
