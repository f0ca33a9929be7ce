/** Whether each quote of a command is closed. */
export function hasClosedQuotes(command: string): boolean {
  return !/["']/.test(command.replace(/"[^"]*"|'[^']*'/g, ''));
}

/** Words as a shell splits them, with '…' and "…" around spaces. Nothing else of a shell's language is read. */
export function shellWords(command: string): string[] {
  const words = command.match(/(?:[^\s"']+|"[^"]*"|'[^']*')+/g) ?? [];
  return words.map((word) => word.replace(/"([^"]*)"|'([^']*)'/g, (_, double, single) => double ?? single));
}
