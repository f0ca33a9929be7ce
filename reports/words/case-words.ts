import { assertNever } from '../../bench/model/assert-never.ts';
import type { Case } from '../../bench/model/case.ts';
import {
  formatChangeInterval,
  formatCount,
  formatNumber,
  formatPercent,
  formatWholePercent,
} from '../../bench/model/format.ts';
import { roundsNeeded } from '../../bench/model/rounds-needed.ts';
import { spokenName } from '../../bench/model/server.ts';
import type { CaseSummary, Summary } from '../../bench/model/summary.ts';
import { twinLabel } from './overhead-words.ts';

/** The words that every renderer uses for single cases, blocks and the machine. */

/** `bridge/external/published`, `host/external (twin)`. */
function caseLabel({ path, role }: Pick<Case, 'path' | 'role'>): string {
  return role === 'twin' ? twinLabel(path) : path;
}

/**
 * CPU-µs a request with one decimal. All values have one unit, so that a reader can add up the parts. A dash
 * where it was not read.
 */
export function cpuMicroseconds(value: number | undefined): string {
  return value === undefined ? '–' : formatNumber(value, 1);
}

/** The component whose CPU was busy all the time. */
export function limitName({ limit, server }: Pick<CaseSummary, 'limit' | 'server'>): string {
  switch (limit) {
    case 'server':
      return spokenName(server);
    case 'proxy':
      return 'docker-proxy';
    case 'agent':
      return 'the load generator';
    case 'none':
      return 'none';
    case undefined:
      return 'cannot be told';
    default:
      return assertNever(limit);
  }
}

/**
 * `98 %`, or a dash where it was not read. It is at most 100 %: the counters behind it are read one after the
 * other.
 */
export function busyWords(share: number | undefined): string {
  return share === undefined ? '–' : formatWholePercent(Math.min(share, 1));
}

/** Blocks that do not count for any path of their group; `undefined` where all count. */
export function blockWords({ blocks }: Pick<Summary, 'blocks'>): string | undefined {
  const lost = blocks.filter(({ disturbed }) => disturbed > 0);
  if (lost.length === 0) return undefined;
  const told = lost.map(
    ({ server, profile, baseline, measured, disturbed }) =>
      `${server} ${profile} against ${baseline}: ${formatCount(disturbed)} of ${formatCount(measured)}`,
  );
  return `Blocks discarded for all their paths, because the machine was disturbed or the run ended: ${told.join('; ')}.`;
}

/** CPU time of other processes; `undefined` where it was not read. */
export function foreignWords({ foreign }: Pick<Summary, 'foreign'>): string | undefined {
  if (foreign === undefined) return undefined;
  const named = foreign.processes
    .filter(({ share }) => share >= 0.001)
    .slice(0, 3)
    .map(({ name, share }) => `${name}, ${formatPercent(share)}`);
  const most = named.length === 0 ? '' : ` (the largest: ${named.join('; ')})`;
  return `Other processes took ${formatPercent(foreign.share)} of the machine's CPU time${most}.`;
}

/**
 * Whether slices begin at the rate at which they continue; `undefined` where nothing could be tested.
 * @param confidence the plan's.
 */
export function sliceStartWords(
  { sliceStarts }: Pick<Summary, 'sliceStarts'>,
  confidence: number,
): string | undefined {
  if (sliceStarts.length === 0) return undefined;
  const needed = roundsNeeded(confidence, sliceStarts.length);
  if (Math.max(...sliceStarts.map(({ rounds }) => rounds)) < needed) {
    return `Whether slices begin as they continue cannot be told with fewer than ${needed} rounds.`;
  }
  const differing = sliceStarts.filter(({ differs }) => differs);
  const tested = `${sliceStarts.length} ${sliceStarts.length === 1 ? 'comparison' : 'comparisons'} tested`;
  if (differing.length === 0) {
    return `Slices begin as they continue: no ratio to the baseline differs between the first two turns and the others (${tested}).`;
  }
  const told = differing.map((it) => `${it.server} ${it.path} ${it.profile} ${formatChangeInterval(it)}`);
  return `Slices begin otherwise than they continue, in ${differing.length} of ${tested}: ${told.join('; ')}.`;
}

/** `p90 latency of nginx bridge/external/published: 875 of 1,000 responses in round 7`. */
export function notShownWords({ case: subject, metric, why }: Summary['notShown'][number]): string {
  return `${metric} of ${subject.server} ${caseLabel(subject)}, ${subject.profile} profile: ${why}`;
}
