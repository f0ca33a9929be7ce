/**
 * P(Z > z) of a standard normal Z for z ≥ 0: R's `pnorm(z, lower.tail = FALSE)`, relative error below 1.2·10⁻⁷
 * (the rational Chebyshev fit of erfc in Press et al., Numerical Recipes, section 6.2).
 */
export function normalTail(z: number): number {
  const x = z / Math.SQRT2;
  const t = 1 / (1 + 0.5 * x);
  let polynomial = 0;
  for (const coefficient of coefficients) polynomial = polynomial * t + coefficient;
  return 0.5 * t * Math.exp(-x * x + polynomial);
}

/** From the highest power down. */
const coefficients = [
  0.17087277, -0.82215223, 1.48851587, -1.13520398, 0.27886807, -0.18628806, 0.09678418, 0.37409196,
  1.00002368, -1.26551223,
] as const;
