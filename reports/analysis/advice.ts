import { metric } from '../../bench/model/metric.ts';
import { mostRounds } from '../../bench/model/plan.ts';
import { isMeasured, type MeasuredOverhead } from '../../bench/model/summary.ts';
import { formatPercent } from '../format.ts';
import type { AnalysedGroup } from './overheads.ts';
import { roundsToTell } from './verdict.ts';

/**
 * One line: about how many rounds narrow the widest declared interval to its margin. None where all are as narrow. More
 * rounds help neither a capacity that was not measured nor what cannot be trusted.
 */
export function adviceOf(groups: readonly AnalysedGroup[]): string | undefined {
  const declared = groups.flatMap(({ overheads }) =>
    overheads.flatMap(({ overhead }) =>
      isMeasured(overhead) && overhead.verdict !== undefined && overhead.verdict !== 'untrusted'
        ? [overhead]
        : [],
    ),
  );
  const widest = declared.toSorted((a, b) => excess(b) - excess(a))[0];
  if (widest === undefined || excess(widest) <= 1) return undefined;
  const { label, margin } = metric(widest.metric);
  const known = formatPercent((widest.ratioHigh - widest.ratioLow) / 2);
  const rounds = roundsToTell(widest, margin);
  const wanted = rounds === undefined ? `more than ${mostRounds} rounds` : `about ${rounds} rounds`;
  return (
    `The widest declared interval is that of ${widest.server}'s ${label} on ${widest.path}: ±${known}. ` +
    `${wanted.replace(/^a|^m/, (letter) => letter.toUpperCase())} narrow it to ±${formatPercent(margin)}; this run had ${widest.rounds}.`
  );
}

function excess({ ratioLow, ratioHigh, metric: name }: MeasuredOverhead): number {
  return (ratioHigh - ratioLow) / 2 / metric(name).margin;
}
