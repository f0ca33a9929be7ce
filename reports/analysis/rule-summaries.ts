import { type Slice, type ValidityRule, validityRules } from '../../bench/model/slice.ts';
import type { RuleSummary } from '../../bench/model/summary.ts';
import { ruleFigures } from '../../bench/model/validity.ts';
import { rules } from '../../bench/model/validity-rules.ts';

interface Count {
  checked: number;
  broken: number;
  worst: number | undefined;
}

/** Every rule of validity with its count, also where no slice broke it: what was looked at is part of the result. */
export function ruleSummaries(slices: readonly Slice[]): readonly RuleSummary[] {
  const counts = new Map<ValidityRule, Count>(
    validityRules.map((rule) => [rule, { checked: 0, broken: 0, worst: undefined }]),
  );
  for (const slice of slices) {
    if (slice.status === 'failed') continue;
    // Folders from before the figures were recorded have what they follow from.
    const figures =
      slice.figures?.['no-responses'] === undefined
        ? { ...ruleFigures(slice, { contradictions: [] }), ...slice.figures }
        : slice.figures;
    const reasons = slice.status === 'invalid' ? slice.reasons : [];
    for (const [rule, count] of counts) {
      const figure = figures[rule];
      if (reasons.some((it) => it.rule === rule)) count.broken += 1;
      if (figure === undefined) continue;
      count.checked += 1;
      const { severity } = rules[rule];
      if (count.worst === undefined || severity(figure) > severity(count.worst)) count.worst = figure;
    }
  }
  return [...counts].map(([rule, { checked, broken, worst }]) => {
    const { looksAt, unit, limit } = rules[rule];
    return { rule, looksAt, unit, limit, checked, broken, ...(worst === undefined ? {} : { worst }) };
  });
}
