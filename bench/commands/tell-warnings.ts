import { oneLine } from '../model/printable.ts';
import type { Warning } from '../model/warning.ts';
import type { Output } from '../outside.ts';

export function tellWarnings(warnings: readonly Warning[], output: Output): void {
  for (const { message, hint } of warnings) output.write(`warning: ${oneLine(message)}\n  ${hint}\n`);
}
