/**
 * Fewest rounds with which a difference of any size can be shown: the widest exact signed-rank interval of n
 * rounds, from the smallest to the largest, misses with probability 2/2ⁿ. 6 for 95 %, 7 for two comparisons.
 * @param comparisons corrected together by Holm's method, which asks for the level/comparisons of the clearest one.
 */
export function roundsNeeded(confidence: number, comparisons = 1): number {
  const level = (1 - confidence) / Math.max(1, comparisons);
  return Math.max(1, Math.ceil(1 - Math.log2(level) - rounding));
}

/** A level such as 1 − 0.95 is not exact; sums of powers of two are. */
const rounding = 1e-12;
