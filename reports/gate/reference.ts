import type { AcceptedStep } from '../../bench/model/gate.ts';
import type { RatioInterval } from '../../bench/model/ratio-interval.ts';
import type { RunRecord } from '../../bench/model/run-record.ts';
import { acrossRuns, fewestRuns } from '../across/across-runs.ts';
import { type Difference, differenceBetween } from '../across/difference.ts';
import { errorOfSum, intervalOf, type LogOverhead, logOverhead } from '../across/log-overhead.ts';
import { sum } from '../statistics/location.ts';
import { isSameLoad, type Judging } from './judging.ts';
import { findingOf, type Subject } from './subject.ts';

/** The newest good runs that a reference rests on: two months of nights. */
const mostRuns = 60;

/** What the overhead of a run is compared with. */
export interface Reference extends RatioInterval {
  /** On the log scale. With several runs, the error includes how much runs differ. */
  readonly log: LogOverhead;
  /** The earlier runs that it rests on, oldest first. */
  readonly runs: readonly string[];
}

/** The overhead of one earlier run on one comparison. */
export interface EarlierPoint {
  readonly runId: string;
  /** Equal for runs with one environment and method. */
  readonly series: string;
  readonly log: LogOverhead;
}

/**
 * The earlier runs' overheads on one comparison under the same load, oldest first. Runs that cannot be trusted, or did
 * not measure it, have none.
 */
export function earlierPoints(
  subject: Subject,
  { record, earlier }: Pick<Judging, 'record' | 'earlier'>,
): readonly EarlierPoint[] {
  return earlier.flatMap((it): EarlierPoint[] => {
    const log = logOf(subject, it);
    if (log === undefined || !isSameLoad(subject.profile, record, it)) return [];
    return [{ runId: it.run.runId, series: it.series, log }];
  });
}

/** A run's overhead on a comparison, on the log scale; `undefined` where it has none that counts. */
export function logOf(subject: Subject, { summary }: RunRecord): LogOverhead | undefined {
  const finding = findingOf(subject, summary);
  return finding.kind === 'measured' ? logOverhead(finding.overhead) : undefined;
}

/** How a reference is built from earlier runs. */
interface Referencing {
  /** The series of the run that is judged. */
  readonly series: string;
  readonly confidence: number;
  readonly accepted: AcceptedStep | undefined;
  /** Whether a run regressed against the reference that it had. */
  readonly regressed: (change: Difference) => boolean;
}

/**
 * The reference of a run: what the runs before it have in common.
 *
 *   earlier runs → from the accepted step on → without those that had regressed themselves → of the run's own series → newest
 *
 * A run that regressed is no part of the reference of later runs, and takes no place among the newest. Otherwise a
 * regression would become the reference after some nights, and pass. An accepted step is how the reference moves. A run
 * with a new environment is compared with the newest series before it, so that a change of the environment is noticed.
 */
export function referenceOf(
  points: readonly EarlierPoint[],
  referencing: Referencing,
): Reference | undefined {
  const { series, confidence, accepted, regressed } = referencing;
  const good: EarlierPoint[] = [];
  for (const point of points) {
    // Ids begin with the time: they are in the order of the runs.
    if (accepted !== undefined && point.runId < accepted.from) continue;
    const before = pooled(good, point.series, confidence);
    const isAccepted = point.runId === accepted?.from;
    if (
      before === undefined ||
      isAccepted ||
      !regressed(differenceBetween(before.log, point.log, confidence))
    ) {
      good.push(point);
    }
  }
  return pooled(good, series, confidence);
}

/** The runs of a series together, or those of the newest other one where it has no run yet. */
function pooled(points: readonly EarlierPoint[], series: string, confidence: number): Reference | undefined {
  const newest = points.at(-1);
  if (newest === undefined) return undefined;
  const own = points.filter((it) => it.series === series);
  const chosen = (own.length > 0 ? own : points.filter((it) => it.series === newest.series)).slice(-mostRuns);
  const log = together(chosen.map((it) => it.log));
  return { log, ...intervalOf(log, confidence), runs: chosen.map(({ runId }) => runId) };
}

/**
 * What a further run like these would find, without the error of its own measurement: their mean, with the error of the
 * mean and the spread between runs. Two runs show no spread between runs yet: their own errors have to do.
 */
function together(overheads: readonly LogOverhead[]): LogOverhead {
  const k = overheads.length;
  if (k >= fewestRuns) {
    const { mean, between } = acrossRuns(overheads);
    return { ...mean, se: Math.hypot(mean.se, between) };
  }
  const { se, df } = errorOfSum(overheads);
  return { y: sum(overheads.map(({ y }) => y)) / k, se: se / k, df };
}
