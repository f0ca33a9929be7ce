import type { Warning } from '../../bench/model/warning.ts';

/** Warnings of one kind that ask for the same thing. */
interface WarningGroup {
  readonly code: string;
  readonly messages: readonly string[];
  readonly hint: string;
}

/**
 * Groups the messages that share a hint, in the order of first appearance. The warning that a run is partial
 * is left out: every renderer shows it first, in the banner.
 */
export function groupWarnings(warnings: readonly Warning[]): readonly WarningGroup[] {
  const groups = new Map<string, { code: string; messages: string[]; hint: string }>();
  for (const { code, message, hint } of warnings) {
    if (code === 'partial-run') continue;
    const key = JSON.stringify([code, hint]);
    const group = groups.get(key) ?? { code, messages: [], hint };
    group.messages.push(message);
    groups.set(key, group);
  }
  return [...groups.values()];
}
