import type { Overhead } from '../../bench/model/summary.ts';
import { verdictWord } from '../words/overhead-words.ts';
import { type Html, html } from './markup.ts';

/**
 * Marks the verdict in words and colour, never in colour alone. `undefined` for a figure that was not
 * declared.
 */
export function verdictMark(overhead: Overhead): Html | undefined {
  const word = verdictWord(overhead);
  if (word === undefined) return undefined;
  return html`<span class="verdict ${word === 'not measured' ? 'unmeasured' : word}">${word}</span>`;
}
