import type { RatioInterval } from '../../bench/model/ratio-interval.ts';
import { fewestRuns } from '../across/across-runs.ts';
import { intervalOf, type LogOverhead } from '../across/log-overhead.ts';
import { sum } from '../statistics/location.ts';

/** Of the intervals of levels and steps. */
const confidence = 0.95;

/**
 * The levels of a series: of each segment between changes the mean, in which all nights have one weight.
 *
 * The error is that of nights which vary alike about all levels: what they vary is pooled over the segments, so that a
 * new level of three nights is as well known as it can be. The intervals of the nights themselves are not part of it.
 * Weights by them would lose coverage (bench/docs/compare.md), and they do not know how much runs differ.
 *
 * Fewer than three nights in all do not show how they vary: the errors of their own intervals have to do.
 *
 * @returns one for each segment.
 */
export function levelsOf(segments: readonly (readonly LogOverhead[])[]): readonly LogOverhead[] {
  const nights = segments.flat();
  const means = segments.map((segment) => mean(segment.map(({ y }) => y)));
  const enough = nights.length >= fewestRuns;
  const freedom = nights.length - segments.length;
  const squares = segments.flatMap((segment, index) =>
    segment.map(({ y }) => (y - (means[index] ?? y)) ** 2),
  );
  const variance = enough ? sum(squares) / freedom : mean(nights.map(({ se }) => se ** 2));
  const df = enough ? freedom : Math.min(...nights.map((night) => night.df));
  return segments.map(({ length }, index) => ({
    y: means[index] ?? 0,
    se: Math.sqrt(variance / length),
    df,
  }));
}

export function levelInterval(level: LogOverhead): RatioInterval {
  return intervalOf(level, confidence);
}

/** Level `b` against level `a` of one series. */
export function stepBetween(a: LogOverhead, b: LogOverhead): RatioInterval {
  return levelInterval({ y: b.y - a.y, se: Math.hypot(a.se, b.se), df: b.df });
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}
