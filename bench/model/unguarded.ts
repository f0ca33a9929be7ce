import type { Environment } from './environment.ts';
import type { Warning } from './summary.ts';

/** Warns that others can reach the servers of a run. @param why there is no guard, in words. */
export function unguarded(why: string): Warning {
  return {
    code: 'unguarded',
    message: `Nothing keeps others from the servers of this run: ${why}.`,
    hint:
      "Whoever routes the addresses of bench's link or of its containers to this machine reaches them, for as long as " +
      'the run lasts: every neighbor on a network of this machine can. Run it on a network that you trust.',
  };
}

/** The same warning for a run whose environment records that there was no guard; none otherwise. */
export function unguardedIn({ guard }: Pick<Environment, 'guard'>): readonly Warning[] {
  return guard !== undefined && 'refused' in guard ? [unguarded(guard.refused)] : [];
}

/** The reason where the user requested no guard. */
export const forbidden = '--no-guard';
