import { formatCount } from '../../bench/model/format.ts';

/** Lines of a kind that a text shows at most: what is beyond is in --json. */
const mostLines = 24;

/** The first and the last lines of many, and how many were left out between them. */
export function condensed<T>(items: readonly T[], what: string, lines: (item: T) => readonly string[]) {
  if (items.length <= mostLines) return items.flatMap(lines);
  const each = mostLines / 2;
  const left = items.length - mostLines;
  return [
    ...items.slice(0, each).flatMap(lines),
    `   … ${formatCount(left)} more ${what}: all are in --json …`,
    ...items.slice(-each).flatMap(lines),
  ];
}
