import type { FingerprintDifference } from '../../bench/model/fingerprint.ts';
import { counted, formatChangeInterval, formatCount } from '../../bench/model/format.ts';
import type { IndexedRun } from '../../bench/model/indexed-run.ts';
import { metric } from '../../bench/model/metric.ts';
import { pathOf } from '../../bench/model/path.ts';
import { oneLine } from '../../bench/model/printable.ts';
import { readerWords } from '../../bench/model/reader-words.ts';
import { clientLabel, groupLabel, pathLabel } from '../words/path-words.ts';
import { nightsToFollow } from './change-points.ts';
import type { Change, History, Point, Series, Subject, SubjectHistory } from './history.ts';

/** `nginx, one request at a time, bridge: median latency`. */
export function subjectWords(subject: Subject): string {
  return `${groupLabel(subject)}, ${placeWords(subject)}: ${metric(subject.metric).label}`;
}

/** The path, with its client where that is not the usual one: `bridge, by loopback, client on the host`. */
export function placeWords({ path }: Pick<Subject, 'path'>): string {
  const usual = pathOf(path).vantage === 'external';
  return usual ? pathLabel(path) : `${pathLabel(path)}, ${clientLabel(path)}`;
}

export function dateOf({ startedAt }: Pick<IndexedRun, 'startedAt'>): string {
  return startedAt.slice(0, 10);
}

/** `+18 % [+17, +19] until 2026-11-08, +26 % [+25, +27] since 2026-11-09, a step of +6.8 % [+5.5, +8.1]`. */
export function changeWords({ at, before, after, step }: Change): string {
  const until = `${formatChangeInterval(before)} until ${dateOf(before.to.run)}`;
  const since = `${formatChangeInterval(after)} since ${dateOf(at.run)} (run ${at.run.runId})`;
  return `${until}, ${since}: a step of ${formatChangeInterval(step)}`;
}

/** One line: what the newest run brought. */
export function findingWords({ runs, subjects, news }: History): string {
  const newest = runs.at(-1);
  if (newest === undefined) return 'no runs';
  const { changes, environment, loads } = news;
  const parts = [
    ...(changes.length === 0 ? [] : [counted(changes.length, 'change')]),
    ...(environment.length === 0 ? [] : ['a new machine or method']),
    ...(loads.length === 0 ? [] : ['a new load']),
  ];
  const found = parts.length === 0 ? 'nothing new' : parts.join(', ');
  const main = subjects.flatMap(({ subject, series }) =>
    subject.declared ? series.flatMap(({ points }) => points.filter(({ run }) => run === newest)) : [],
  );
  const unusable = main.filter(({ leftOut }) => leftOut !== undefined).length;
  const status = statusWords(runs, subjects);
  // A night that cannot be used is not a quiet night.
  if (unusable > 0 && unusable === main.length && parts.length === 0) {
    return `nothing can be told by run ${newest.runId}, none of whose main results can be used: ${status}`;
  }
  const without = unusable === 0 ? '' : `, without ${unusable} of ${counted(main.length, 'main result')}`;
  return `${found} with run ${newest.runId}${without}: ${status}`;
}

function statusWords(runs: readonly IndexedRun[], subjects: readonly SubjectHistory[]): string {
  const [last] = allChanges(subjects);
  const waiting = subjects.filter(({ series }) => series.at(-1)?.suspicion !== undefined).length;
  return [
    counted(runs.length, 'run'),
    counted(subjects.length, 'comparison'),
    last === undefined ? 'no change so far' : `last change ${dateOf(last.at.run)}`,
    ...(waiting === 0 ? [] : [`${formatCount(waiting)} not yet datable`]),
  ].join(', ');
}

/** Newest first. */
export function allChanges(subjects: readonly SubjectHistory[]): readonly Change[] {
  return subjects
    .flatMap(({ series }) => series.flatMap(({ changes }) => changes))
    .toSorted((a, b) => (a.at.run.startedAt < b.at.run.startedAt ? 1 : -1));
}

/** What is new besides changes, a sentence each. */
export function beginningsWords({ runs, news: { environment, loads } }: History): readonly string[] {
  const before = runs.at(-2)?.runId ?? '';
  return [
    ...(environment.length === 0
      ? []
      : [
          `Its machine or method is new, so that all series begin anew. Since run ${before}: ${factWords(environment)}.`,
        ]),
    ...loads.map(
      (profile) => `The load of "${readerWords[profile].reader}" is new, so that its series begin anew.`,
    ),
  ];
}

/** `kernel 6.1.0 → 6.2.0; CPUs 2 → 4`. */
export function factWords(differences: readonly FingerprintDifference[]): string {
  return differences
    .map(({ name, values: [was, is] }) => oneLine(`${name} ${was ?? 'not known'} → ${is ?? 'not known'}`))
    .join('; ');
}

export function suspicionWords({ suspicion }: Series): string | undefined {
  if (suspicion === undefined) return undefined;
  const { at, nightsNeeded } = suspicion;
  return `A change may have begun on ${dateOf(at.run)}. It is not yet datable: ${counted(nightsNeeded, 'further run')} at the new level would make it one (${nightsToFollow + 1} in all).`;
}

/** Why a point is no part of the trend. */
export function leftOutWords({ leftOut, run }: Point): string {
  const partial = run.state === 'complete' ? [] : ['the run ended early'];
  const left = leftOut === undefined ? [] : [`${leftOut}: not in the trend`];
  return [...partial, ...left].join('; ');
}
