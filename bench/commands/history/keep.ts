import { Failure } from '../../model/failure.ts';
import type { Keep } from '../../run-folder/prune.ts';

/**
 * `--keep 30`: the newest 30 runs; `--keep 90d`: those of the last 90 days.
 * @throws {Failure} usage: it is missing, or neither.
 */
export function keepOf(given: unknown): Keep {
  if (given === undefined) {
    throw new Failure('usage', 'prune needs --keep: which runs keep their slices', {
      hint: 'Give a number of runs (--keep 30) or of days (--keep 90d).',
    });
  }
  const [, count, days] = /^(\d+)(d?)$/.exec(String(given)) ?? [];
  if (count === undefined || Number(count) < 1) {
    throw new Failure('usage', `--keep ${given}: not a number of runs or of days from 1`, {
      hint: 'Give a number of runs (--keep 30) or of days (--keep 90d).',
    });
  }
  return days === 'd' ? { days: Number(count) } : { newest: Number(count) };
}
