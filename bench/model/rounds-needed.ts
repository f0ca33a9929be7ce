/**
 * Fewest rounds with which a difference of any size can be shown: the widest exact signed-rank interval of n
 * rounds, from the smallest to the largest, misses with probability 2/2ⁿ. 6 for 95 %, 7 for two comparisons.
 * @param comparisons corrected together by Holm's method, which asks for the level/comparisons of the clearest one.
 */
export function roundsNeeded(confidence: number, comparisons = 1): number {
  const level = (1 - confidence) / Math.max(1, comparisons);
  return Math.max(1, Math.ceil(1 - Math.log2(level) - rounding));
}

/**
 * Rounds of a plan that names no number: as many as are needed, and one in ten to spare. With none to spare, a single round
 * that a disturbance takes from a comparison would leave nothing of it to be shown.
 */
export function roundsToPlan(confidence: number, comparisons: number): number {
  const needed = roundsNeeded(confidence, comparisons);
  return needed + Math.ceil(needed / 10);
}

/** A level such as 1 − 0.95 is not exact; sums of powers of two are. */
const rounding = 1e-12;
