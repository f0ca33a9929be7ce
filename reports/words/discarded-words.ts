import { formatCount } from '../../bench/model/format.ts';
import type { Summary } from '../../bench/model/summary.ts';
import type { ReportModel } from '../report-model.ts';
import { groupLabel } from './path-words.ts';
import { ruleFigureWords } from './rule-words.ts';

type LeftOut = Summary['leftOut'][number];

/**
 * What was discarded, one line a rule: how many slices, what the rule allows and what was seen, and under which load.
 * A slice that broke two rules is in both lines.
 */
export function discardedWords({ summary, timeline }: ReportModel): readonly string[] {
  return [...new Set(summary.leftOut.map(({ rule }) => rule))].map((rule) => {
    const own = summary.leftOut.filter((it) => it.rule === rule);
    const slices = `${formatCount(countOf(own))} of ${formatCount(timeline.length)} slices`;
    const places = [...new Set(own.map(({ case: it }) => groupLabel(it)))].map(
      (place) => `${place}: ${formatCount(countOf(own.filter(({ case: it }) => groupLabel(it) === place)))}`,
    );
    return `${slices}${ruleWords(rule, own, summary)}. By load: ${places.join('; ')}.`;
  });
}

function countOf(leftOut: readonly LeftOut[]): number {
  return leftOut.reduce((sum, { slices }) => sum + slices, 0);
}

function ruleWords(rule: string, own: readonly LeftOut[], { rules }: Summary): string {
  const known = rules.find((it) => it.rule === rule);
  const example = own[0]?.example ?? '';
  if (known === undefined) return ` failed: ${example}`;
  const { looksAt, limit, worst } = known;
  const seen = worst === undefined ? '' : `, furthest beyond: ${ruleFigureWords(worst, known)}`;
  return `: ${looksAt} (allowed: ${limit}${seen}), e.g. ${example}`;
}
