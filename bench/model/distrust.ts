import type { Overhead, Verdict } from './summary.ts';

/** What tells one comparison of a run from another, whatever its metric. */
type Compared = Pick<Overhead, 'server' | 'profile' | 'path' | 'baseline'>;

/**
 * The overhead for which a run cannot be trusted on a comparison, or `undefined` where it can.
 *
 * Only declared metrics have a verdict. What makes one untrusted (foreign load, a twin that differs, lost blocks) makes
 * all metrics untrusted that were measured with it.
 *
 * @param overheads all those of the run.
 */
export function untrustedOverhead<O extends Compared & { readonly verdict?: Verdict | undefined }>(
  of: Compared,
  overheads: readonly O[],
): O | undefined {
  return overheads.find(
    ({ verdict, server, profile, path, baseline }) =>
      verdict === 'untrusted' &&
      server === of.server &&
      profile === of.profile &&
      path === of.path &&
      baseline === of.baseline,
  );
}
