import { type Html, html } from './markup.ts';

/** A sentence: `code` in backticks becomes an element, and a number stays on the line of its unit. */
export function prose(text: string): readonly Html[] {
  return text
    .replace(/(\d) (?=(?:%|[µmn]?s|requests\/s|\[)(?![\w]))/g, '$1\u00a0')
    .replace(/(%|[µmn]?s|\/s) \[/g, '$1\u00a0[')
    .replace(/\[[^\]]*\]/g, (interval) => interval.replaceAll(' ', '\u00a0'))
    .split('`')
    .map((part, index, parts) =>
      // A part with an odd index is code if a further backtick closes it. A lone backtick is text.
      index % 2 === 1 && index < parts.length - 1
        ? html`<code>${part}</code>`
        : html`${index % 2 === 1 ? '`' : ''}${part}`,
    );
}
