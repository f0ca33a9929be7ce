import { formatPercent, formatPValue, formatRatioInterval } from '../format.ts';
import type { ComparisonGroup } from './comparison-group.ts';
import type { Estimate } from './estimate.ts';
import type { Correction, Distrust } from './verdict.ts';

/**
 * A larger share of slices that do not count than this makes a group's verdicts untrusted (bench/docs/method.md, section
 * 4).
 */
export const largestInvalidShare = 0.2;

/** The A/A control of a group on its primary metric. */
export interface TwinControl {
  readonly estimate: Estimate;
  /** Over all twins of the run. */
  readonly correction: Correction;
}

/**
 * Why a group's verdicts cannot be trusted; `undefined` if they can.
 * - The twin is the same as the baseline, so a difference between them, significant after Holm's correction
 *   over all twins of the run, is one that the set-up makes by itself.
 * - Slices are invalid or failed for a reason, and the reason may depend on the path: what is left is a selection.
 */
export function distrustOf(
  group: ComparisonGroup,
  twin: TwinControl | undefined,
  confidence: number,
): Distrust | undefined {
  const found: Distrust[] = [];
  if (twin !== undefined && twinDiffers(twin, confidence)) {
    const { ratio, interval } = twin.estimate;
    const { pNoDifference, comparisons } = twin.correction;
    const corrected = comparisons === 1 ? '' : ` after Holm's correction over ${comparisons} twins`;
    found.push({
      brief: 'two identical deployments differed',
      reason:
        `the twin, a second identical deployment of ${group.baselinePath}, differs from it: ratio ` +
        `${formatRatioInterval(ratio, interval.low, interval.high)}, p = ${formatPValue(pNoDifference)}${corrected}`,
    });
  }
  const share = invalidShare(group);
  if (share > largestInvalidShare) {
    const brief = `${formatPercent(share)} of the slices do not count`;
    found.push({ brief, reason: `${brief}, more than ${formatPercent(largestInvalidShare)}` });
  }
  if (found.length === 0) return undefined;
  return {
    brief: found.map(({ brief }) => brief).join(' and '),
    reason: found.map(({ reason }) => reason).join('; '),
  };
}

export function twinDiffers(twin: TwinControl, confidence: number): boolean {
  return twin.correction.pNoDifference <= 1 - confidence + 1e-12;
}

/** Invalid and failed slices among all of a group's. */
function invalidShare(group: ComparisonGroup): number {
  const members = [group.baseline, ...(group.twin === undefined ? [] : [group.twin]), ...group.contenders];
  let [all, uncounted] = [0, 0];
  for (const { slices, counts } of members) {
    all += slices.length;
    uncounted += counts.invalid + counts.failed;
  }
  return uncounted / Math.max(1, all);
}
