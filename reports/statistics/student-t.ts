/**
 * P(|T| ≤ t) with the angle θ = atan(t/√ν), for whole degrees of freedom ν: the finite series of
 * Abramowitz & Stegun, 26.7.3 (odd ν) and 26.7.4 (even ν).
 */
function centralProbability(theta: number, degreesOfFreedom: number): number {
  const sine = Math.sin(theta);
  const cosine = Math.cos(theta);
  const odd = degreesOfFreedom % 2 === 1;
  let term = odd ? cosine : 1;
  let sum = degreesOfFreedom === 1 ? 0 : term;
  for (let k = odd ? 3 : 2; k <= degreesOfFreedom - 2; k += 2) {
    term *= ((k - 1) / k) * cosine ** 2;
    sum += term;
  }
  return odd ? (2 / Math.PI) * (theta + sine * sum) : sine * sum;
}

/**
 * Quantile of Student's t: R's `qt(probability, degreesOfFreedom)`.
 * @param probability 0 < p < 1.
 * @param degreesOfFreedom a whole number from 1.
 */
export function studentTQuantile(probability: number, degreesOfFreedom: number): number {
  if (!(probability > 0 && probability < 1))
    throw new RangeError(`no quantile at probability ${probability}`);
  if (!Number.isInteger(degreesOfFreedom) || degreesOfFreedom < 1) {
    throw new RangeError(`Student's t needs whole degrees of freedom from 1, not ${degreesOfFreedom}`);
  }
  if (probability < 0.5) return -studentTQuantile(1 - probability, degreesOfFreedom);
  const wanted = 2 * probability - 1;
  let low = 0;
  let high = Math.PI / 2;
  // Bisection of the angle: 60 halvings use up the 53 bits of a number.
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    if (centralProbability(middle, degreesOfFreedom) < wanted) low = middle;
    else high = middle;
  }
  return Math.tan((low + high) / 2) * Math.sqrt(degreesOfFreedom);
}

/**
 * Two-sided p of "the mean is 0" for a t statistic: R's `2 * pt(-abs(t), degreesOfFreedom)`.
 * @param degreesOfFreedom a whole number from 1.
 */
export function studentTPValue(t: number, degreesOfFreedom: number): number {
  const theta = Math.atan(Math.abs(t) / Math.sqrt(degreesOfFreedom));
  return Math.min(1, Math.max(0, 1 - centralProbability(theta, degreesOfFreedom)));
}
