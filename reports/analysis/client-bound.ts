import type { RecordedCase } from './recorded-cases.ts';

/** From this share of client-bound slices on, a case is called client-bound. */
const most = 0.5;

/**
 * What a saturated client hides. In a closed loop a request takes the client's time plus the server's, and a
 * busy client adds about the same to both sides: the measured ratio is nearer to 1 than the servers' own.
 * Strictly, a client-bound case could have done at least what was measured of it. So if the faster side was
 * client-bound, the true cost (or, where the contender is the faster, the true gain) is at least the measured
 * one; if only the slower side was, nothing of the kind follows: its true cost may even be smaller.
 */
export interface ClientBound {
  readonly baseline: boolean;
  readonly contender: boolean;
}

export function clientBound(baseline: RecordedCase, contender: RecordedCase): ClientBound {
  return { baseline: mostlyClientBound(baseline), contender: mostlyClientBound(contender) };
}

/** Whether a throughput ratio (contender/baseline) reads "at least". */
export function readsAtLeast(bound: ClientBound, throughputRatio: number): boolean {
  return throughputRatio <= 1 ? bound.baseline : bound.contender;
}

/** Whether more than half of a case's completed slices were client-bound. */
export function mostlyClientBound(recorded: RecordedCase): boolean {
  const { completed, clientBound } = recorded.counts;
  return clientBound > most * completed;
}
