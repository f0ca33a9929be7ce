import { untrustedOverhead } from '../../bench/model/distrust.ts';
import { type FingerprintDifference, fingerprintDifferences } from '../../bench/model/fingerprint.ts';
import { grouped } from '../../bench/model/grouped.ts';
import type { IndexedOverhead, IndexedRun } from '../../bench/model/indexed-run.ts';
import type { ProfileName } from '../../bench/model/profile.ts';
import type { RatioInterval } from '../../bench/model/ratio-interval.ts';
import { lacksVerdict } from '../../bench/model/summary.ts';
import { type LogOverhead, logOverhead } from '../across/log-overhead.ts';
import { changePoints } from './change-points.ts';
import { levelInterval, levelsOf, stepBetween } from './levels.ts';

/** What all points of a trend have in common. */
export type Subject = Pick<
  IndexedOverhead,
  'server' | 'profile' | 'path' | 'baseline' | 'metric' | 'declared'
>;

/** Why a point is no part of a trend. */
export const reasonsLeftOut = ['untrusted', 'not measured', 'no interval'] as const;

/** One run in a series. */
export interface Point {
  readonly run: IndexedRun;
  readonly interval?: RatioInterval;
  /** The same on the log scale, where it is part of the trend. */
  readonly night?: LogOverhead;
  readonly leftOut?: (typeof reasonsLeftOut)[number] | undefined;
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

/** A run whose machine or method no earlier run has: its series begin anew. */
export interface Beginning {
  readonly run: IndexedRun;
  /** How it differs from the run before. */
  readonly differences: readonly FingerprintDifference[];
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
  /** In the order of the runs. The first run begins nothing anew. */
  readonly beginnings: readonly Beginning[];
  readonly news: News;
}

/** @param runs in the order of their start. */
export function historyOf(runs: readonly IndexedRun[]): History {
  const found = grouped(runs.flatMap(foundIn), ({ subject }) => keyOf(subject));
  const subjects = [...found.values()].map((all): SubjectHistory => {
    const { subject } = all.at(-1) ?? all[0];
    const series = [...grouped(all, ({ key }) => key).values()].map((own) => seriesOf(subject, own));
    return { subject, series: series.toSorted((a, b) => (lastStart(a) < lastStart(b) ? -1 : 1)) };
  });
  const beginnings = beginningsOf(runs);
  return { runs, subjects, beginnings, news: newsOf(runs, subjects, beginnings) };
}

interface Found {
  readonly subject: Subject;
  /** Of the series that the point belongs to. */
  readonly key: string;
  readonly point: Point;
}

function foundIn(run: IndexedRun): readonly Found[] {
  // Few overheads are untrusted, and each one is asked about.
  const untrusted = run.overheads.filter(({ verdict }) => verdict === 'untrusted');
  return run.overheads.map((overhead) => {
    const { server, profile, path, baseline, metric, declared } = overhead;
    const load = run.loads.find((it) => it.profile === profile)?.load ?? '';
    return {
      subject: { server, profile, path, baseline, metric, declared },
      key: `${run.environment} ${load}`,
      point: pointOf(run, overhead, untrusted),
    };
  });
}

function keyOf({ server, profile, path, baseline, metric }: Subject): string {
  return `${server} ${profile} ${path} ${baseline} ${metric}`;
}

function pointOf(run: IndexedRun, overhead: IndexedOverhead, untrusted: readonly IndexedOverhead[]): Point {
  const leftOut = whyLeftOut(overhead, untrusted);
  const { ratio, ratioLow, ratioHigh, confidence, rounds } = overhead;
  if (
    ratio === undefined ||
    ratioLow === undefined ||
    ratioHigh === undefined ||
    confidence === undefined ||
    rounds === undefined
  ) {
    return { run, leftOut: leftOut ?? 'no interval' };
  }
  const interval = { ratio, ratioLow, ratioHigh };
  if (leftOut !== undefined) return { run, interval, leftOut };
  const night = logOverhead({ ...interval, confidence, rounds });
  return night === undefined ? { run, interval, leftOut: 'no interval' } : { run, interval, night };
}

function whyLeftOut(overhead: IndexedOverhead, untrusted: readonly IndexedOverhead[]): Point['leftOut'] {
  if (untrustedOverhead(overhead, untrusted) !== undefined) return 'untrusted';
  return lacksVerdict(overhead) ? 'not measured' : undefined;
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
    const level: Level = {
      ...levelInterval(mean),
      from: first.point,
      to: last.point,
      nights: segment.length,
    };
    return [{ mean, level }];
  });
  const suspect = counted[suspicion?.at ?? counted.length]?.point;
  return {
    environment: found[0]?.point.run.environment ?? '',
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

function beginningsOf(runs: readonly IndexedRun[]): readonly Beginning[] {
  const known = new Set<string>();
  return runs.flatMap((run, index) => {
    const before = runs[index - 1];
    if (known.has(run.environment)) return [];
    known.add(run.environment);
    if (before === undefined) return [];
    return [{ run, differences: fingerprintDifferences([before.fingerprint, run.fingerprint]) }];
  });
}

function newsOf(
  runs: readonly IndexedRun[],
  subjects: readonly SubjectHistory[],
  beginnings: readonly Beginning[],
): News {
  const newest = runs.at(-1);
  const earlier = runs.slice(0, -1);
  const changes = subjects
    .flatMap(({ series }) => series.flatMap((it) => it.changes))
    .filter(({ foundAt }) => foundAt.run === newest)
    .toSorted((a, b) => Number(b.subject.declared) - Number(a.subject.declared));
  if (newest === undefined) return { changes, environment: [], loads: [] };
  const loads = newest.loads.filter(({ profile, load }) => {
    const others = earlier.flatMap((it) => it.loads).filter((it) => it.profile === profile);
    return others.length > 0 && !others.some((it) => it.load === load);
  });
  return {
    changes,
    environment: beginnings.find(({ run }) => run === newest)?.differences ?? [],
    loads: loads.map(({ profile }) => profile),
  };
}

function lastStart({ points }: Series): string {
  return points.at(-1)?.run.startedAt ?? '';
}
