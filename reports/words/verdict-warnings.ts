import { formatCount } from '../../bench/model/format.ts';
import type { Overhead, Summary } from '../../bench/model/summary.ts';

/**
 * What keeps main results from being used or decided, one sentence a rule. All other warnings change no verdict; a
 * short report leaves them to its details.
 */
export function verdictWarnings({
  overheads,
  warnings,
}: Pick<Summary, 'overheads' | 'warnings'>): readonly string[] {
  const declared = overheads.filter((it) => it.declared);
  const rules = new Map<string, Overhead[]>();
  for (const overhead of declared) {
    if (overhead.verdict !== 'untrusted') continue;
    const rule = ruleIn(overhead.reason ?? '');
    rules.set(rule, [...(rules.get(rule) ?? []), overhead]);
  }
  return [
    ...[...rules.values()].map((group) => {
      const reasons = new Set(group.map(({ reason }) => reason ?? ''));
      const [reason = ''] = reasons;
      const example = reasons.size === 1 ? '' : 'for example, ';
      return `Do not use ${formatCount(group.length)} of ${formatCount(declared.length)} main results: ${example}${reason}.`;
    }),
    ...warnings
      .filter(({ code }) => code === 'too-few-rounds')
      // What the message names behind its colon fills a screen, and the details have it.
      .map(({ message, hint }) => `${message.split(':')[0]?.replace(/\.$/, '')}. ${hint}`),
  ];
}

/** A reason without its figures and paths: what is left is the rule. */
function ruleIn(reason: string): string {
  return reason.replace(/\S+\/\S+/g, '…').replace(/[−+]?\d[\d.,]*/g, '…');
}
