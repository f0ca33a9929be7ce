import { untrustedOverhead } from '../../bench/model/distrust.ts';
import { type FingerprintDifference, fingerprintDifferences } from '../../bench/model/fingerprint.ts';
import type { IndexedOverhead, IndexedRun } from '../../bench/model/indexed-run.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import { type LogOverhead, logOverhead } from '../across/log-overhead.ts';
import { changePoints } from './change-points.ts';
import { levelsOf, type RatioInterval, ratioOf, stepBetween } from './levels.ts';

/** What all points of a trend have in common. */
export type Subject = Pick<
  IndexedOverhead,
  'server' | 'profile' | 'path' | 'baseline' | 'metric' | 'declared'
>;

/** One run in a series. */
export interface Point {
  readonly run: IndexedRun;
  readonly interval?: RatioInterval;
  /** The same on the log scale, where it is part of the trend. */
  readonly night?: LogOverhead;
  /** Why it is no part of the trend. */
  readonly leftOut?: 'untrusted' | 'no interval';
}

/** Points between two changes. */
export interface Level extends RatioInterval {
  readonly from: Point;
  readonly to: Point;
  readonly nights: number;
}

export interface Change {
  readonly subject: Subject;
  /** The first run at the new level. */
  readonly at: Point;
  /** The run with which it became datable. It is news in that run alone. */
  readonly foundAt: Point;
  readonly before: Level;
  readonly after: Level;
  /** The new level against the old one. */
  readonly step: RatioInterval;
}

/** Runs that may be compared: one machine, one method, one load. */
export interface Series {
  readonly environment: string;
  readonly points: readonly Point[];
  readonly levels: readonly Level[];
  readonly changes: readonly Change[];
  readonly suspicion?: { readonly at: Point; readonly nightsNeeded: number };
}

export interface SubjectHistory {
  readonly subject: Subject;
  /** In the order of their last runs, the current one last. */
  readonly series: readonly Series[];
}

/** What the newest run brought: a function of the runs up to it, so that nothing is told twice. */
interface News {
  readonly changes: readonly Change[];
  /** How its machine or method differs from that of the run before, where no earlier run has the same. */
  readonly environment: readonly FingerprintDifference[];
  /** Profiles whose load no earlier run had. */
  readonly loads: readonly ProfileName[];
}

export interface History {
  readonly runs: readonly IndexedRun[];
  readonly subjects: readonly SubjectHistory[];
  readonly news: News;
}

/** @param runs in the order of their start. */
export function historyOf(runs: readonly IndexedRun[]): History {
  const subjects = bySubject(runs).map(([subject, found]): SubjectHistory => {
    const series = grouped(found, ({ key }) => key).map((points) => seriesOf(subject, points));
    return { subject, series: series.toSorted((a, b) => (lastStart(a) < lastStart(b) ? -1 : 1)) };
  });
  return { runs, subjects, news: newsOf(runs, subjects) };
}

interface Found {
  readonly run: IndexedRun;
  /** Of the series that it belongs to. */
  readonly key: string;
  readonly point: Point;
}

function bySubject(runs: readonly IndexedRun[]): readonly (readonly [Subject, readonly Found[]])[] {
  const found = new Map<string, [Subject, Found[]]>();
  for (const run of runs) {
    for (const overhead of run.overheads) {
      const { server, profile, path, baseline, metric, declared } = overhead;
      const id = `${server} ${profile} ${path} ${baseline} ${metric}`;
      const points = found.get(id)?.[1] ?? [];
      const load = run.loads.find((it) => it.profile === profile)?.load ?? '';
      const point = pointOf(run, overhead);
      points.push({ run, key: `${run.environment} ${load}`, point });
      found.set(id, [{ server, profile, path, baseline, metric, declared }, points]);
    }
  }
  return [...found.values()];
}

function pointOf(run: IndexedRun, overhead: IndexedOverhead): Point {
  const untrusted = untrustedOverhead(overhead, run.overheads) !== undefined;
  const { ratio, ratioLow, ratioHigh, confidence, rounds } = overhead;
  if (
    ratio === undefined ||
    ratioLow === undefined ||
    ratioHigh === undefined ||
    confidence === undefined ||
    rounds === undefined
  ) {
    return { run, leftOut: untrusted ? 'untrusted' : 'no interval' };
  }
  const interval = { ratio, low: ratioLow, high: ratioHigh };
  if (untrusted) return { run, interval, leftOut: 'untrusted' };
  const night = logOverhead({ ratio, ratioLow, ratioHigh, confidence, rounds });
  return night === undefined ? { run, interval, leftOut: 'no interval' } : { run, interval, night };
}

function seriesOf(subject: Subject, found: readonly Found[]): Series {
  const points = found.map(({ point }) => point);
  const counted = points.flatMap((point) =>
    point.night === undefined ? [] : [{ point, night: point.night }],
  );
  const nights = counted.map(({ night }) => night);
  const { changes, suspicion } = changePoints(nights);
  const starts = [0, ...changes.map(({ at }) => at)];
  const segments = starts.map((start, index) => counted.slice(start, starts[index + 1]));
  const means = levelsOf(segments.map((segment) => segment.map(({ night }) => night)));
  const parts = segments.flatMap((segment, index) => {
    const [first, last, mean] = [segment[0], segment.at(-1), means[index]];
    if (first === undefined || last === undefined || mean === undefined) return [];
    const level: Level = { ...ratioOf(mean), from: first.point, to: last.point, nights: segment.length };
    return [{ mean, level }];
  });
  const suspect = counted[suspicion?.at ?? counted.length]?.point;
  return {
    environment: found[0]?.run.environment ?? '',
    points,
    levels: parts.map(({ level }) => level),
    changes: changes.flatMap((change, index): Change[] => {
      const [before, after] = [parts[index], parts[index + 1]];
      const [at, foundAt] = [counted[change.at]?.point, counted[change.foundAt]?.point];
      if (before === undefined || after === undefined || at === undefined || foundAt === undefined) return [];
      const step = stepBetween(before.mean, after.mean);
      return [{ subject, at, foundAt, before: before.level, after: after.level, step }];
    }),
    ...(suspicion === undefined || suspect === undefined
      ? {}
      : { suspicion: { at: suspect, nightsNeeded: suspicion.nightsNeeded } }),
  };
}

function newsOf(runs: readonly IndexedRun[], subjects: readonly SubjectHistory[]): News {
  const newest = runs.at(-1);
  const earlier = runs.slice(0, -1);
  const before = earlier.at(-1);
  const changes = subjects
    .flatMap(({ series }) => series.flatMap((it) => it.changes))
    .filter(({ foundAt }) => foundAt.run === newest)
    .toSorted((a, b) => Number(b.subject.declared) - Number(a.subject.declared));
  if (newest === undefined || before === undefined) return { changes, environment: [], loads: [] };
  const known = earlier.some(({ environment }) => environment === newest.environment);
  const loads = newest.loads.filter(({ profile, load }) => {
    const others = earlier.flatMap((it) => it.loads).filter((it) => it.profile === profile);
    return others.length > 0 && !others.some((it) => it.load === load);
  });
  return {
    changes,
    environment: known ? [] : differencesOf(before, newest),
    loads: loads.map(({ profile }) => profile),
  };
}

function differencesOf(...runs: readonly IndexedRun[]): readonly FingerprintDifference[] {
  return fingerprintDifferences(
    runs.map(({ fingerprint }) => fingerprint.map(({ group, name, value }) => ({ group, name, value }))),
  );
}

function lastStart({ points }: Series): string {
  return points.at(-1)?.run.startedAt ?? '';
}

function grouped<T>(all: readonly T[], keyOf: (it: T) => string): readonly (readonly T[])[] {
  const groups = new Map<string, T[]>();
  for (const it of all) {
    const group = groups.get(keyOf(it));
    if (group === undefined) groups.set(keyOf(it), [it]);
    else group.push(it);
  }
  return [...groups.values()];
}
