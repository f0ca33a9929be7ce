/**
 * Holm's step-down correction (Holm 1979): p-values adjusted so that rejecting those at most α makes even one
 * false rejection among all of them with probability at most α, however they depend on one another.
 * R: `p.adjust(p, "holm")`. The result is in the order of the input.
 */
export function holm(pValues: readonly number[]): readonly number[] {
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  const adjusted = pValues.map(() => 1);
  let running = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    running = Math.max(running, Math.min(1, (pValues.length - rank) * p));
    adjusted[index] = running;
  }
  return adjusted;
}
