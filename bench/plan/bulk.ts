import { Failure } from '../model/failure.ts';
import { loadSeconds } from '../model/load-time.ts';
import { type Bulk, type LoadProfile, loadProfiles } from '../model/profile.ts';
import { longestSeconds } from './options.ts';

/**
 * A slice must hold this many bodies of each connection, so that its edges weigh little. The first body of a
 * connection comes in the ramp and is discarded.
 */
export const answersInSlice = 5;
export const answersInRamp = 2;

/**
 * The bulk profile for bodies of some length. Its slices and ramps last as long as the plan's, and longer where
 * the bodies need it on a slow machine.
 * @param name of the option that gives the length, as the user spells it.
 * @throws {Failure} usage: no slice is long enough.
 */
export function bulkProfile(bulk: Bulk, name: string): LoadProfile {
  const { connections } = loadProfiles.bulk;
  const each = loadSeconds(connections, bulk.bytes);
  const leastSliceSeconds = upToHundredths(answersInSlice * each);
  if (leastSliceSeconds > longestSeconds) {
    const most = Math.floor((bulk.bytes * longestSeconds) / (answersInSlice * each) / 1e6) * 1e6;
    throw new Failure(
      'usage',
      `${name}: ${connections} bodies of ${bulk.bytes} bytes at a time may need slices of ${Math.ceil(leastSliceSeconds)} s, and no slice is longer than ${longestSeconds} s`,
      { hint: `Give at most ${most}.` },
    );
  }
  const leastRampSeconds = upToHundredths(answersInRamp * each);
  return { ...loadProfiles.bulk, bulk, leastSliceSeconds, leastRampSeconds };
}

/** Two decimals read better, and are exact enough. */
function upToHundredths(seconds: number): number {
  return Math.ceil(seconds * 100) / 100;
}
