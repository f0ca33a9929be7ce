import { formatCount } from '../model/format.ts';
import type { Output } from '../outside.ts';

/** After an upgrade, hundreds of runs may be left out for one reason, night after night. */
const mostLines = 10;

/** Tells the first lines of a long list, and how many there are further. */
export function tellLines(lines: readonly string[], output: Output): void {
  const shown = lines.length > mostLines + 1 ? lines.slice(0, mostLines) : lines;
  for (const line of shown) output.write(`${line}\n`);
  if (shown.length < lines.length) {
    output.write(`and ${formatCount(lines.length - shown.length)} more like these\n`);
  }
}
