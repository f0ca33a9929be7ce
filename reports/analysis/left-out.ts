import type { Case } from '../../bench/model/case.ts';
import type { Slice } from '../../bench/model/slice.ts';
import type { Summary } from '../../bench/model/summary.ts';
import type { RecordedCase } from './recorded-cases.ts';

/** Slices of one case that do not count by one rule. */
export interface LeftOut {
  readonly case: Case;
  /** A rule of validity, or `failed`. */
  readonly rule: string;
  readonly slices: readonly SliceLeftOut[];
}

interface SliceLeftOut {
  readonly slice: Slice;
  /** One message for each way in which the slice broke the rule, at least one. */
  readonly messages: readonly string[];
}

/** Slices that do not count, by case and rule. A slice that broke two rules is under both. */
export function slicesLeftOut(cases: readonly RecordedCase[]): readonly LeftOut[] {
  return cases.flatMap((recorded): LeftOut[] => {
    const rules = new Map<string, SliceLeftOut[]>();
    for (const slice of recorded.slices) {
      if (slice.status === 'completed') continue;
      for (const [rule, messages] of brokenRules(slice)) {
        const known = rules.get(rule);
        if (known === undefined) rules.set(rule, [{ slice, messages }]);
        else known.push({ slice, messages });
      }
    }
    return [...rules].map(([rule, slices]) => ({ case: recorded.case, rule, slices }));
  });
}

/** The number of slices by case and rule, each with the first message. */
export function leftOut(cases: readonly RecordedCase[]): Summary['leftOut'] {
  return slicesLeftOut(cases).map(({ case: subject, rule, slices }) => ({
    case: subject,
    rule,
    slices: slices.length,
    example: slices[0]?.messages[0] ?? '',
  }));
}

/** The messages of each rule that the slice broke. */
function brokenRules(slice: Exclude<Slice, { status: 'completed' }>): ReadonlyMap<string, readonly string[]> {
  if (slice.status === 'failed') return new Map([['failed', [slice.error.message]]]);
  const messages = new Map<string, string[]>();
  for (const { rule, message } of slice.reasons) {
    messages.set(rule, [...(messages.get(rule) ?? []), message]);
  }
  return messages;
}
