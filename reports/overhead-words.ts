import { metrics } from '../bench/model/metric.ts';
import type { PathId } from '../bench/model/path.ts';
import type { LoadProfile } from '../bench/model/profile.ts';
import type { Overhead, Summary } from '../bench/model/summary.ts';
import { formatPercent, formatPercentInterval } from './format.ts';

/** What every renderer says about one overhead, in the same words. */

/**
 * The interval includes 1, or nothing may be concluded from it: `~` stands in place of a percentage, as in
 * benchstat. An interval that excludes 1 inside the relevance margin does show a difference: a small one.
 * @param level the plan's confidence, which the interval of a run with too few rounds does not reach.
 */
export function showsNoDifference(overhead: Overhead, level: number): boolean {
  return (
    overhead.verdict === 'untrusted' ||
    overhead.confidence < level ||
    (overhead.low <= 1 && overhead.high >= 1)
  );
}

/** `slower`, or `slower, at least` where the client was too busy to see the rest. */
export function verdictWords(overhead: Overhead): string {
  const directed = overhead.verdict === 'slower' || overhead.verdict === 'faster';
  return overhead.atLeast && directed ? `${overhead.verdict}, at least` : overhead.verdict;
}

/** `−16 % [−18, −14]`, `+19 % [17, 21]`, or `~ (detectable: 1.8 %)` where no difference is shown. */
export function changeWords(overhead: Overhead, level: number): string {
  if (showsNoDifference(overhead, level)) return `~ (${detectableWords(overhead)})`;
  const sign = overhead.ratio > 1 ? '+' : '';
  return sign + formatPercentInterval(overhead.ratio - 1, overhead.low - 1, overhead.high - 1);
}

/**
 * The level that an interval reaches where it is less than the plan's, for too few rounds: `75 %`.
 * `undefined` where it reaches the plan's.
 */
export function shortLevelWords(overhead: Overhead, level: number): string | undefined {
  return overhead.confidence < level ? formatPercent(overhead.confidence) : undefined;
}

/** `detectable: 1.8 %`: the smallest change that the run could have shown. */
export function detectableWords(overhead: Overhead): string {
  return overhead.detectable === undefined
    ? 'detectable: unknown'
    : `detectable: ${formatPercent(overhead.detectable)}`;
}

export function metricLabel(overhead: Overhead): string {
  return metrics[overhead.metric].label;
}

export function twinLabel(path: PathId): string {
  return `${path} (twin)`;
}

/** `8 rounds`, or `3 to 8 rounds` where some comparison of the run has fewer pairs: never what was only planned. */
export function roundsWords({ overheads, twin }: Pick<Summary, 'overheads' | 'twin'>): string {
  const rounds = [...overheads, ...twin].map((it) => it.rounds);
  if (rounds.length === 0) return 'no rounds';
  const [fewest, most] = [Math.min(...rounds), Math.max(...rounds)];
  const range = fewest === most ? `${most}` : `${fewest} to ${most}`;
  return `${range} ${most === 1 ? 'round' : 'rounds'}`;
}

/** Slices that do not count. Not the sum of `leftOut`, where a slice that broke two rules stands twice. */
export function leftOutCount({ cases }: Pick<Summary, 'cases'>): number {
  return cases.reduce((sum, { slices }) => sum + slices.invalid + slices.failed, 0);
}

/** `1 connection`, `32 connections`. */
export function connectionWords(profile: LoadProfile): string {
  return `${profile.connections} ${profile.connections === 1 ? 'connection' : 'connections'}`;
}
