/**
 * How often CPUs are exchanged within a round of so many blocks: between any two. With fewer than four blocks the second
 * half of a round would differ from its first by the CPUs, which is no change that the steady state looks for: they are
 * exchanged from round to round only.
 */
export function exchangesWithin(blocks: number): number {
  return blocks >= 4 ? blocks - 1 : 0;
}
