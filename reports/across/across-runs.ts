import { fUpperTail } from '../statistics/incomplete-beta.ts';
import { sum } from '../statistics/location.ts';
import type { LogOverhead } from './log-overhead.ts';

/** The overhead of one path in several runs taken together. */
interface AcrossRuns {
  /** What the runs have in common. Its error includes how much they differ. */
  readonly mean: LogOverhead;
  /** Where the overhead of a further run like these is expected. */
  readonly further: LogOverhead;
  /** τ: standard deviation between runs on the log scale, beyond what their own intervals explain. 0.01 is about 1 %. */
  readonly between: number;
  /** I²: share of τ² in the variance of the runs' overheads, 0 to 1. */
  readonly betweenShare: number;
  /** p of "the runs differ no more than their own intervals explain". */
  readonly pSame: number;
}

/** Fewest runs of which a spread between runs is estimated. */
export const fewestRuns = 3;

/**
 * Random effects: each run has an overhead of its own, which varies around that of the kind of machine, and which it
 * measures with its own error.
 *
 * - τ² is Paule & Mandel's estimate: the value for which the weighted squares of the runs about their mean are as large
 *   as expected. It assumes no distribution, always has one solution, and does well with few runs (Veroniki et al.
 *   2016).
 * - The mean gives all runs one weight. Its interval is that of Hartung & Knapp for equal weights, which is Student's t
 *   over the runs. Weights by each run's own interval would lose coverage: a run with a narrow interval by chance gets a
 *   large weight (bench/docs/compare.md has the figures). With equal weights and normal errors the interval covers at
 *   least its level, whatever the runs' true errors are (Bakirov & Székely 2005; Ibragimov & Müller 2010).
 * - A further run lies within mean ± t × s × √(1 + 1/k).
 * - Whether runs differ at all is Welch's test of several means (Welch 1951): it allows for errors that are estimated
 *   from a few rounds.
 *
 * @param overheads of at least `fewestRuns` runs.
 */
export function acrossRuns(overheads: readonly LogOverhead[]): AcrossRuns {
  const k = overheads.length;
  if (k < fewestRuns) throw new RangeError(`${k} runs have no spread between runs: it takes ${fewestRuns}`);
  const y = sum(overheads.map((it) => it.y)) / k;
  const deviation = Math.sqrt(sum(overheads.map((it) => (it.y - y) ** 2)) / (k - 1));
  const variance = pauleMandel(overheads);
  const { typicalVariance, pSame } = welch(overheads);
  return {
    mean: { y, se: deviation / Math.sqrt(k), df: k - 1 },
    further: { y, se: deviation * Math.sqrt(1 + 1 / k), df: k - 1 },
    between: Math.sqrt(variance),
    betweenShare: variance / (variance + typicalVariance),
    pSame,
  };
}

/** τ² by bisection: the weighted squares fall as τ² grows. */
function pauleMandel(overheads: readonly LogOverhead[]): number {
  const expected = overheads.length - 1;
  const isTooSmall = (variance: number) => weighted(overheads, variance).squares > expected;
  if (!isTooSmall(0)) return 0;
  let [low, high] = [0, sum(overheads.map(({ se }) => se ** 2))];
  while (isTooSmall(high)) high *= 2;
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (isTooSmall(middle)) low = middle;
    else high = middle;
  }
  return high;
}

/** Mean of the overheads with weights 1 / (se² + τ²), and their weighted squares about it. */
function weighted(overheads: readonly LogOverhead[], variance: number) {
  const weights = overheads.map(({ se }) => 1 / (se ** 2 + variance));
  const total = sum(weights);
  const mean = sum(overheads.map(({ y }, index) => y * (weights[index] ?? 0))) / total;
  return {
    weights,
    total,
    squares: sum(overheads.map(({ y }, index) => (weights[index] ?? 0) * (y - mean) ** 2)),
  };
}

/**
 * The width of a signed-rank interval varies from run to run as a standard deviation of fewer rounds would: for 10 to 40
 * rounds with 0.9 to 0.78 of their degrees of freedom. With all of them, ten runs of ten rounds that are the same would
 * be said to differ in 7 % instead of 5 %.
 */
const effectiveShare = 0.75;

/**
 * Welch's F with its approximate degrees of freedom. The typical variance of a run is Higgins & Thompson's (2002), on
 * which I² rests.
 */
function welch(overheads: readonly LogOverhead[]): {
  readonly pSame: number;
  readonly typicalVariance: number;
} {
  const k = overheads.length;
  const { weights, total, squares } = weighted(overheads, 0);
  const spread = sum(
    overheads.map(({ df }, index) => (1 - (weights[index] ?? 0) / total) ** 2 / (effectiveShare * df)),
  );
  const f = squares / (k - 1) / (1 + ((2 * (k - 2)) / (k ** 2 - 1)) * spread);
  const typicalVariance = ((k - 1) * total) / (total ** 2 - sum(weights.map((it) => it ** 2)));
  return { typicalVariance, pSame: fUpperTail(f, k - 1, (k ** 2 - 1) / (3 * spread)) };
}
