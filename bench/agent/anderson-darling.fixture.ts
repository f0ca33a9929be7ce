/**
 * The statistic A² of Anderson and Darling (1954): how far values are from a distribution, with weight on both
 * of its tails. For a distribution that is wholly known it exceeds 2.492 in one of 20 samples, and 3.857 in one
 * of 100 (Stephens 1974, case 0).
 * @param cumulative the distribution function.
 */
export function andersonDarling(values: readonly number[], cumulative: (value: number) => number): number {
  const probabilities = values.toSorted((a, b) => a - b).map(cumulative);
  const n = probabilities.length;
  const sum = probabilities.reduce((total, below, index) => {
    const above = 1 - (probabilities[n - 1 - index] ?? Number.NaN);
    return total + (2 * index + 1) * (Math.log(below) + Math.log(above));
  }, 0);
  return -n - sum / n;
}

/** The distribution function of the gaps between independent arrivals. */
export function exponential(mean: number): (value: number) => number {
  return (value) => 1 - Math.exp(-value / mean);
}
