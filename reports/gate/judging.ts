import { fingerprintOf, loadFingerprint, seriesKey } from '../../bench/model/fingerprint.ts';
import type { AcceptedStep } from '../../bench/model/gate.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';

/** A run with what decides which runs it is compared with. */
export interface KnownRun extends RunRecord {
  /** Equal for runs with one environment and method. */
  readonly series: string;
  /** By profile of its plan: equal for runs under the same load. */
  readonly loads: ReadonlyMap<ProfileName, string>;
}

/** The run that is judged, and what it is judged by. */
export interface Judging {
  readonly record: KnownRun;
  /** Runs before it, oldest first. */
  readonly earlier: readonly KnownRun[];
  readonly accepted: readonly AcceptedStep[];
}

export function knownRun(record: RunRecord): KnownRun {
  const { run } = record;
  return {
    ...record,
    series: seriesKey(fingerprintOf(run)),
    loads: new Map(run.plan.profiles.map(({ name }) => [name, seriesKey(loadFingerprint(run, name))])),
  };
}

/** Whether two runs put the same load on their servers under a profile. */
export function isSameLoad(profile: ProfileName, one: KnownRun, other: KnownRun): boolean {
  const load = one.loads.get(profile);
  return load !== undefined && load === other.loads.get(profile);
}
