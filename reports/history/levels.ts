import type { LogOverhead } from '../across/log-overhead.ts';
import { studentTQuantile } from '../statistics/student-t.ts';

/** A ratio with its 95 % interval. */
export interface RatioInterval {
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

/** The mean of some nights on the log scale. */
interface Mean {
  readonly y: number;
  readonly se: number;
  readonly df: number;
}

/**
 * The level of nights between two changes: a night counts by the inverse of its variance, which is that of its
 * interval plus that between runs.
 */
export function levelOf(nights: readonly LogOverhead[], betweenRuns: number): Mean {
  // Without any width all nights would be infinitely sure: they then count alike.
  const weights = nights.map(({ se }) => 1 / Math.max(se ** 2 + betweenRuns, 1e-18));
  const weight = weights.reduce((sum, it) => sum + it, 0);
  const sum = nights.reduce((sum, { y }, index) => sum + y * (weights[index] ?? 0), 0);
  return {
    y: sum / weight,
    se: 1 / Math.sqrt(weight),
    df: nights.reduce((sum, { df }) => sum + df, 0),
  };
}

export function ratioOf({ y, se, df }: Mean): RatioInterval {
  const half = studentTQuantile(0.975, Math.min(df, mostDf)) * se;
  return { ratio: Math.exp(y), low: Math.exp(y - half), high: Math.exp(y + half) };
}

/** Beyond it, Student's t is the normal distribution within a percent. */
const mostDf = 200;

/** Level `b` against level `a`. */
export function stepBetween(a: Mean, b: Mean): RatioInterval {
  return ratioOf({ y: b.y - a.y, se: Math.hypot(a.se, b.se), df: Math.min(a.df, b.df) });
}
