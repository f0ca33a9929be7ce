import type { Warning } from '../model/warning.ts';
import type { Output } from '../outside.ts';

export function tellWarnings(warnings: readonly Warning[], output: Output): void {
  for (const { message, hint } of warnings) output.write(`warning: ${message}\n  ${hint}\n`);
}
