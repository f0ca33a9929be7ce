import { formatCount } from '../../bench/model/format.ts';
import { grouped } from '../../bench/model/grouped.ts';
import type { Summary } from '../../bench/model/summary.ts';

/**
 * What keeps main results from being used or decided, one sentence a rule. All other warnings change no verdict; a
 * short report leaves them to its details.
 */
export function verdictWarnings({
  overheads,
  warnings,
}: Pick<Summary, 'overheads' | 'warnings'>): readonly string[] {
  const declared = overheads.filter((it) => it.declared);
  const untrusted = declared.filter(({ verdict }) => verdict === 'untrusted');
  const rules = grouped(untrusted, ({ reason }) => ruleIn(reason ?? ''));
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
