import { formatCount, formatNumber, formatPercent, formatSeconds } from '../../bench/model/format.ts';
import type { RuleSummary } from '../../bench/model/summary.ts';

/**
 * A figure that a rule of validity checked: a count, a time or a share. For Little's law it is a ratio around
 * 1.
 */
export function ruleFigureWords(figure: number, { rule, unit }: Pick<RuleSummary, 'rule' | 'unit'>): string {
  if (unit === 'count') return formatCount(figure);
  if (unit === 's') return figure === 0 ? '0 s' : formatSeconds(figure);
  return rule === 'littles_law' ? formatNumber(figure, 3) : formatPercent(figure);
}
