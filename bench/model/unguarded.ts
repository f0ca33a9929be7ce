import type { Environment } from './environment.ts';
import type { Warning } from './warning.ts';

/** Warns that others can reach the servers of a run. @param why there is no guard, in words. */
export function unguarded(why: string): Warning {
  return {
    code: 'unguarded',
    message: `Other machines can reach the servers of this run: ${why}.`,
    hint:
      "While the run lasts, any machine on a network of this one reaches them if it routes the addresses of bench's link " +
      'or containers to this machine. Run bench on a network that you trust.',
  };
}

/** The same warning for a run whose environment records that there was no guard; none otherwise. */
export function unguardedIn({ guard }: Pick<Environment, 'guard'>): readonly Warning[] {
  return guard !== undefined && 'refused' in guard ? [unguarded(guard.refused)] : [];
}

/** The reason where the user requested no guard. */
export const forbidden = '--no-guard';
