import { xoroshiro128plus } from 'pure-rand/generator/xoroshiro128plus';
import { asValues, standardDeviation, type Values } from './location.ts';
import { normalDeviate } from './normal-deviate.ts';
import { rememberedCumulative, signedRank, signedRankInterval } from './signed-rank.ts';
import { studentTQuantile } from './student-t.ts';

/** Probability with which a true change of the detectable size is shown. */
export const power = 0.8;

/** What a detectable change is made of, all on the log scale. */
export interface DetectableChange {
  /** Smallest ratio change, 0.02 = 2 %: expm1(multiple · spread / √rounds). */
  readonly change: number;
  /** Standard deviation of the twin's y_r, made median-unbiased. */
  readonly spread: number;
  readonly multiple: number;
  readonly rounds: number;
}

/**
 * Smallest ratio change that `rounds` rounds show with 80 % power, given how much two identical deployments
 * differ. Shown means: the exact signed-rank interval of this one comparison, at `confidence`, excludes 1 on the
 * side of the change. It is not the power of a `slower` or `faster`, which asks for that much beyond the margin.
 *
 *   change = expm1(c(n, confidence) · s' / √n)
 *
 * c is `signedRankMultiple`, s' the twin's standard deviation divided by the median of its own distribution
 * under normal noise: half of all runs then state a change that is shown with more than 80 % power, half one
 * that is shown with less. bench/docs/method.md has the figures.
 * @param twinLogRatios y_r of the twin against the baseline.
 * @param rounds n of the comparison that the change is stated for; enough for an interval at `confidence`.
 * @param multipleOf c; pass `rememberedMultiple()` where it is asked for more than once.
 * @returns `undefined` where no spread can be told: fewer than two rounds of the twin, or all equal.
 */
export function detectableChange(
  twinLogRatios: Values,
  rounds: number,
  confidence: number,
  multipleOf: Multiple = signedRankMultiple,
): DetectableChange | undefined {
  const deviation = standardDeviation(twinLogRatios);
  if (deviation === undefined || deviation === 0) return undefined;
  const spread = deviation / medianDeviation(twinLogRatios.length - 1);
  const multiple = multipleOf(rounds, confidence);
  const change = Math.expm1((multiple * spread) / Math.sqrt(rounds));
  return Number.isFinite(change) ? { change, spread, multiple, rounds } : undefined;
}

/** Median of s/σ with ν degrees of freedom: √(median of χ²_ν / ν), by Wilson & Hilferty (1931); at most 2 % off. */
function medianDeviation(freedom: number): number {
  return (1 - 2 / (9 * freedom)) ** 1.5;
}

/** Shift, in standard errors σ/√n, that n normal values show with 80 % power in their interval at `confidence`. */
export type Multiple = (n: number, confidence: number) => number;

/** From here on the formula is within 2 % of the simulation. */
const formulaFrom = 31;
const trials = 4_000;

/**
 * The multiple c of the exact signed-rank interval, which the t-test's (t₁₋α/₂ + t₀.₈₀) is not: with n = 6 that
 * formula promises 80 % power and gives 62 %, with 8 rounds 73 %, from 10 on 78 %.
 *
 * A shift δ of n standard normal values is shown if their interval's lower end L, for the values as they were,
 * is above −δ. So c is the 80 % quantile of −L·√n. Small samples have no formula for the distribution of L
 * (Klotz 1963 had tables computed), so it is drawn: 4,000 samples from a fixed seed, which puts the power at c
 * within ±1.3 points of 80 (two standard errors). From 31 values on it is the t-test's multiple times √(π/3),
 * the signed-rank test's efficiency under normal noise (Hodges & Lehmann 1956).
 */
export function signedRankMultiple(n: number, confidence: number): number {
  if (n >= formulaFrom) {
    const t = studentTQuantile((1 + confidence) / 2, n - 1) + studentTQuantile(power, n - 1);
    return t * Math.sqrt(Math.PI / 3);
  }
  const rng = xoroshiro128plus(n);
  const cumulativeOf = rememberedCumulative();
  const needed = new Float64Array(trials).map(() => {
    const values = asValues(Array.from({ length: n }, () => normalDeviate(rng)));
    if (values === undefined) return Number.NaN;
    return -signedRankInterval(signedRank(values, cumulativeOf), confidence).low * Math.sqrt(n);
  });
  const multiple = needed.sort()[Math.ceil(power * trials) - 1] ?? Number.NaN;
  // The last digits of logarithm and cosine differ between versions of Node, and mean nothing here.
  return Math.round(multiple * 1e4) / 1e4;
}

/** `signedRankMultiple` that draws once for each n and level. */
export function rememberedMultiple(): Multiple {
  const known = new Map<string, number>();
  return (n, confidence) => {
    const key = `${n} ${confidence}`;
    const multiple = known.get(key) ?? signedRankMultiple(n, confidence);
    known.set(key, multiple);
    return multiple;
  };
}
