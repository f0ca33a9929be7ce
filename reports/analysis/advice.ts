import { formatPercent } from '../../bench/model/format.ts';
import { marginOf, metric } from '../../bench/model/metric.ts';
import { mostRounds } from '../../bench/model/plan.ts';
import { isMeasured, type MeasuredOverhead } from '../../bench/model/summary.ts';
import type { AnalysedGroup } from './overheads.ts';
import { roundsToTell } from './verdict.ts';

/**
 * One line: about how many rounds narrow the widest declared interval to its margin. `undefined` if every
 * interval is that narrow.
 */
export function adviceOf(groups: readonly AnalysedGroup[]): string | undefined {
  const widest = widestDeclared(groups);
  if (widest === undefined || excessOf(widest) <= 1) return undefined;
  const { label } = metric(widest.metric);
  const margin = marginOf(widest);
  const known = formatPercent((widest.ratioHigh - widest.ratioLow) / 2);
  const rounds = roundsToTell(widest, margin);
  const wanted = rounds === undefined ? `More than ${mostRounds} rounds` : `About ${rounds} rounds`;
  return (
    `The widest interval of a main result is that of ${widest.server}'s ${label.replace(/^server's /, '')} on ${widest.path}: ±${known}. ` +
    `${wanted} narrow it to ±${formatPercent(margin)}; this run had ${widest.rounds}.`
  );
}

/**
 * The widest declared interval among those with a verdict. More rounds help neither a capacity that was not
 * measured nor a comparison that cannot be trusted.
 */
export function widestDeclared(groups: readonly AnalysedGroup[]): MeasuredOverhead | undefined {
  const declared = groups.flatMap(({ overheads }) =>
    overheads.flatMap(({ overhead }) =>
      isMeasured(overhead) && overhead.verdict !== undefined && overhead.verdict !== 'untrusted'
        ? [overhead]
        : [],
    ),
  );
  return declared.toSorted((a, b) => excessOf(b) - excessOf(a))[0];
}

/** Half-width of the interval over the metric's margin. */
export function excessOf(overhead: MeasuredOverhead): number {
  return (overhead.ratioHigh - overhead.ratioLow) / 2 / marginOf(overhead);
}
