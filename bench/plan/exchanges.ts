/**
 * Whether CPUs are exchanged from block to block, or only from round to round. With fewer than four blocks the second
 * half of a round would differ from its first by the CPUs, and that is no change that the steady state looks for.
 */
export function alternatesCpus(blocks: number): boolean {
  return blocks >= 4;
}
