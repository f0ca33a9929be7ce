import { caseId } from '../../bench/model/case.ts';
import { formatPercent } from '../../bench/model/format.ts';
import type { Slice } from '../../bench/model/slice.ts';
import { validityLimits } from '../../bench/model/validity-rules.ts';

/**
 * Gives every paced slice the share of the offered requests that its case was sent in the round, and marks the slices of
 * a round with too low a share as invalid. A round is what has a figure, so its slices are judged together, each
 * weighted with its length. Slices that another rule leaves out do not count.
 */
export function judgeByOfferedRate(slices: readonly Slice[]): readonly Slice[] {
  const shares = sharesSent(slices);
  return slices.map((slice) => {
    if (slice.status === 'failed' || slice.pacing === undefined) return slice;
    const { offered_rate: _, ...others } = slice.figures;
    const share = shares.get(caseInRound(slice));
    if (share === undefined) return { ...slice, figures: others };
    const judged = { ...slice, figures: { ...others, offered_rate: share } };
    if (share >= validityLimits.offeredRate || judged.status === 'invalid') return judged;
    const message =
      `${formatPercent(share)} of the offered requests were sent in the round: ` +
      `the limit is ${formatPercent(validityLimits.offeredRate)}`;
    return { ...judged, status: 'invalid', reasons: [{ rule: 'offered_rate', message }] };
  });
}

/** Sent over offered requests of each paced case in each round in which a slice of it counts. */
function sharesSent(slices: readonly Slice[]): ReadonlyMap<string, number> {
  const totals = new Map<string, { sent: number; offered: number }>();
  for (const slice of slices) {
    if (slice.status !== 'completed' || slice.pacing === undefined) continue;
    const id = caseInRound(slice);
    const { sent, offered } = totals.get(id) ?? { sent: 0, offered: 0 };
    const { sentPerSecond, offeredPerSecond } = slice.pacing;
    totals.set(id, {
      sent: sent + sentPerSecond * slice.wallSeconds,
      offered: offered + offeredPerSecond * slice.wallSeconds,
    });
  }
  return new Map([...totals].map(([id, { sent, offered }]) => [id, sent / offered]));
}

function caseInRound(slice: Slice): string {
  return `${caseId(slice)} ${slice.round}`;
}
