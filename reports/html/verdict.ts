import type { Overhead } from '../../bench/model/summary.ts';
import { verdictLabel } from '../words/verdict-words.ts';
import { type Html, html } from './markup.ts';

/** Marks the verdict in words and colour, never in colour alone; `undefined` for a figure that gets none. */
export function verdictMark(overhead: Overhead): Html | undefined {
  const label = verdictLabel(overhead);
  if (label === undefined) return undefined;
  return html`<span class="verdict ${overhead.verdict ?? 'unmeasured'}">${label}</span>`;
}
