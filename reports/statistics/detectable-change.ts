import { standardDeviation, type Values } from './location.ts';
import { studentTQuantile } from './student-t.ts';

/** Probability with which a t-test would show a true change of the detectable size. */
const power = 0.8;

/**
 * Smallest ratio change (0.02 = 2 %) that `rounds` rounds can show with about 80 % power, given how much two
 * identical deployments differ: expm1((t₁₋α/₂,ₙ₋₁ + t₀.₈₀,ₙ₋₁)·s/√n) (METHOD section 4), s from the twin on
 * the log scale. It is the formula of the t-test; the exact signed-rank interval shows such a change a little
 * less often, in 62 % of runs with 6 rounds, 73 % with 8 and 78 % with 10 or 20 where the spread is known, and
 * in 55, 67, 72 and 75 % where it is estimated from as many rounds of the twin (`simulation.test.ts`). So it is
 * an optimistic figure, and clearly so below 8 rounds.
 * @param twinLogRatios y_r of the twin against the baseline.
 * @param rounds n of the comparison that the change is stated for.
 * @returns `undefined` where no spread can be told: fewer than two rounds of the twin, or all equal.
 */
export function detectableChange(
  twinLogRatios: Values,
  rounds: number,
  confidence: number,
): number | undefined {
  const spread = standardDeviation(twinLogRatios);
  if (spread === undefined || spread === 0) return undefined;
  const freedom = twinLogRatios.length - 1;
  const multiple = studentTQuantile((1 + confidence) / 2, freedom) + studentTQuantile(power, freedom);
  const change = Math.expm1((multiple * spread) / Math.sqrt(rounds));
  return Number.isFinite(change) ? change : undefined;
}
