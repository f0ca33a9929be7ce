import { studentTQuantile } from './student-t.ts';

/** Width of the signed-rank interval over that of Student's t, for normal rounds: 1/√(3/π) (Hodges & Lehmann 1963). */
const signedRankCost = Math.sqrt(Math.PI / 3);

/**
 * Relative half-width that the signed-rank interval of `rounds` rounds is expected to have, from their spread
 * (standard deviation on the log scale): expm1(t₁₋α/₂,ₙ₋₁ · s/√n · √(π/3)). This is a prediction. It is
 * optimistic for few rounds, because the exact interval then keeps more than the requested level.
 */
export function expectedHalfWidth(spread: number, rounds: number, confidence: number): number {
  if (rounds < 2) return Number.POSITIVE_INFINITY;
  const multiple = studentTQuantile((1 + confidence) / 2, rounds - 1) * signedRankCost;
  return Math.expm1((multiple * spread) / Math.sqrt(rounds));
}

/**
 * The first look at which the interval is expected to be tight enough; `undefined` if there is none.
 * @param confidence of the interval at every look.
 */
export function expectedLook(
  spread: number,
  halfWidth: number,
  looks: readonly number[],
  confidence: number,
): number | undefined {
  return looks.find((rounds) => expectedHalfWidth(spread, rounds, confidence) <= halfWidth);
}
