import { present } from '../../bench/model/present.ts';
import {
  type CompletedSlice,
  type InvalidSlice,
  type Slice,
  type ValidityRule,
  validityRules,
} from '../../bench/model/slice.ts';
import type { RuleSummary } from '../../bench/model/summary.ts';
import { rules } from '../../bench/model/validity-rules.ts';

/** The result of one rule of validity in a run. */
export interface RuleCount {
  /** Number of slices that have the rule's figure. */
  readonly checked: number;
  /** Slices that do not count by this rule. */
  readonly broken: readonly InvalidSlice[];
  /** The first slice whose figure came nearest to the limit or went furthest beyond. */
  readonly worst?: { readonly slice: CompletedSlice | InvalidSlice; readonly figure: number };
}

/**
 * Counts for every rule of validity, including rules that no slice broke. What was checked is part of the
 * result.
 */
export function ruleCounts(slices: readonly Slice[]): ReadonlyMap<ValidityRule, RuleCount> {
  const tallies = validityRules.map((rule) => ({
    rule,
    severity: rules[rule].severity,
    checked: 0,
    broken: [] as InvalidSlice[],
    worst: undefined as RuleCount['worst'],
  }));
  for (const slice of slices) {
    if (slice.status === 'failed') continue;
    const { figures } = slice;
    for (const tally of tallies) {
      const { rule, severity, worst } = tally;
      if (slice.status === 'invalid' && slice.reasons.some((it) => it.rule === rule))
        tally.broken.push(slice);
      const figure = figures[rule];
      if (figure === undefined) continue;
      tally.checked += 1;
      if (worst === undefined || severity(figure) > severity(worst.figure)) tally.worst = { slice, figure };
    }
  }
  return new Map(
    tallies.map(({ rule, checked, broken, worst }) => [rule, { checked, broken, ...present({ worst }) }]),
  );
}

/** The counts as the report shows them. */
export function ruleSummaries(slices: readonly Slice[]): readonly RuleSummary[] {
  const listed = [...ruleCounts(slices)].filter(
    ([rule, { checked }]) => checked > 0 || rules[rule].seldom !== true,
  );
  return listed.map(([rule, { checked, broken, worst }]) => {
    const { looksAt, unit, limit, leavesOut } = rules[rule];
    const facts = { rule, looksAt, unit, limit, leavesOut, checked, broken: broken.length };
    return worst === undefined ? facts : { ...facts, worst: worst.figure };
  });
}
