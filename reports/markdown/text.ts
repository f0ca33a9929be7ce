import { oneLine } from '../../bench/model/printable.ts';

/** Text in a cell, a list or a quotation: no markup, no HTML, no mention of a user. */
export function text(value: string): string {
  return oneLine(value)
    .replace(/[\\`*_[\]|~#]/g, (sign) => `\\${sign}`)
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('@', '@\u200b');
}

/**
 * Code may contain a backtick or a bar. A longer fence protects the backtick, and a backslash protects the
 * bar.
 */
export function code(value: string): string {
  const flat = oneLine(value).replaceAll('|', '\\|');
  const longest = Math.max(0, ...[...flat.matchAll(/`+/g)].map((it) => it[0].length));
  const fence = '`'.repeat(longest + 1);
  return longest === 0 ? `${fence}${flat}${fence}` : `${fence} ${flat} ${fence}`;
}
