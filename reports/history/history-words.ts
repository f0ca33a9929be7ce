import type { FingerprintDifference } from '../../bench/model/fingerprint.ts';
import { counted, formatChangeInterval, formatCount } from '../../bench/model/format.ts';
import { grouped } from '../../bench/model/grouped.ts';
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

/** Whether the path costs more at the new level: a higher latency, or a lower capacity. */
export function isWorse({ subject, step }: Change): boolean {
  return metric(subject.metric).better === 'lower' ? step.ratio > 1 : step.ratio < 1;
}

/** The verdict on a change. */
export function verdictWords(change: Change): string {
  return isWorse(change) ? 'costs more' : 'costs less';
}

/** From the first run to the last one: `2026-01-01 to 2026-03-16`, or the one day. */
export function datesWords(points: readonly Point[]): string {
  const days = [points[0], points.at(-1)].flatMap((it) => (it === undefined ? [] : [dateOf(it.run)]));
  return [...new Set(days)].join(' to ');
}

/** `+18 % [+17, +19] until 2026-11-08, +26 % [+25, +27] since 2026-11-09, a step of +6.8 % [+5.5, +8.1]`. */
export function changeWords({ at, before, after, step }: Change): string {
  const until = `${formatChangeInterval(before)} until ${dateOf(before.to.run)}`;
  const since = `${formatChangeInterval(after)} since ${dateOf(at.run)} (run ${at.run.runId})`;
  return `${until}, ${since}: a step of ${formatChangeInterval(step)}`;
}

/** One line: what the newest run brought. */
export function findingWords(history: History): string {
  return `${newsWords(history)}: ${statusWords(history)}`;
}

/** `nothing new with run 20261120T093220Z-k3f9`, or `1 change for the worse with run …`. */
export function newsWords({ runs, subjects, news: { changes, environment, loads } }: History): string {
  const worse = changes.filter(isWorse).length;
  const better = changes.length - worse;
  const parts = [
    ...(worse === 0 ? [] : [`${counted(worse, 'change')} for the worse`]),
    ...(better === 0 ? [] : [`${counted(better, 'change')} for the better`]),
    ...(environment.length === 0 ? [] : ['a new machine or method']),
    ...(loads.length === 0 ? [] : ['a new load']),
  ];
  const found = parts.length === 0 ? 'nothing new' : parts.join(', ');
  const newest = runs.at(-1);
  const main = subjects.flatMap(({ subject, series }) =>
    subject.declared ? series.flatMap(({ points }) => points.filter(({ run }) => run === newest)) : [],
  );
  const unusable = main.filter(({ leftOut }) => leftOut !== undefined).length;
  const runId = newest?.runId ?? '';
  // A night that cannot be used is not a quiet night.
  if (unusable > 0 && unusable === main.length && parts.length === 0) {
    return `nothing can be told by run ${runId}, as none of its ${counted(main.length, 'main result')} can be used`;
  }
  const without = unusable === 0 ? '' : `, without ${unusable} of ${counted(main.length, 'main result')}`;
  return `${found} with run ${runId}${without}`;
}

/** `24 runs, 47 comparisons, last change 2026-01-21`. */
export function statusWords(history: History): string {
  const { runs, subjects } = history;
  const [last] = allChanges(subjects);
  const waiting = suspected(history).length;
  return [
    counted(runs.length, 'run'),
    counted(subjects.length, 'comparison'),
    last === undefined ? 'no change so far' : `last change ${dateOf(last.at.run)}`,
    ...(waiting === 0 ? [] : [`${formatCount(waiting)} not yet datable`]),
  ].join(', ');
}

/** What may have changed, the main results first. What the newest run did not measure can be settled by no further one. */
export function suspected({ runs, subjects }: History): readonly SubjectHistory[] {
  const newest = runs.at(-1);
  return subjects
    .filter(({ series }) => {
      const current = series.at(-1);
      return current?.suspicion !== undefined && current.points.at(-1)?.run === newest;
    })
    .toSorted((a, b) => Number(b.subject.declared) - Number(a.subject.declared));
}

/** Main results, or further figures, in groups that are compared together: `nginx, equal rate`. */
export function groupedSubjects(
  subjects: readonly SubjectHistory[],
  declared: boolean,
): readonly (readonly [title: string, subjects: readonly SubjectHistory[]])[] {
  const shown = subjects.filter(({ subject }) => subject.declared === declared);
  return [...grouped(shown, ({ subject }) => groupLabel(subject))];
}

/** Newest first, those of one night in the order of the run, main results first. */
export function allChanges(subjects: readonly SubjectHistory[]): readonly Change[] {
  const nightOf = ({ at }: Change) => Date.parse(at.run.startedAt);
  return subjects
    .flatMap(({ series }) => series.flatMap(({ changes }) => changes))
    .toSorted((a, b) => nightOf(b) - nightOf(a) || Number(b.subject.declared) - Number(a.subject.declared));
}

/** `kernel 6.1.0 → 6.2.0; docker-proxy on → off`. */
export function factWords(differences: readonly FingerprintDifference[]): string {
  return differences
    .map(({ name, values: [was, is] }) => oneLine(`${name} ${was ?? 'not known'} → ${is ?? 'not known'}`))
    .join('; ');
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

export function suspicionWords({ at, nightsNeeded }: NonNullable<Series['suspicion']>): string {
  return `A change may have begun on ${dateOf(at.run)}. It is not yet datable: ${counted(nightsNeeded, 'further run')} at the new level would make it one (${nightsToFollow + 1} in all).`;
}

/** What the newest run has of a comparison. */
interface Tonight {
  /** `+18 % [+17, +19]`; in parentheses where it is no part of the trend; empty where there is none. */
  readonly figure: string;
  /** What a reader must know of it, or of the trend; else empty. */
  readonly note: string;
}

export function tonightOf({ series }: SubjectHistory, newest: IndexedRun | undefined): Tonight {
  const current = series.at(-1);
  const point = current?.points.at(-1);
  if (current === undefined || point === undefined) return { figure: '', note: '' };
  const { suspicion } = current;
  const suspect =
    suspicion === undefined
      ? []
      : [`a change may have begun on ${dateOf(suspicion.at.run)}, not yet datable`];
  if (point.run !== newest) {
    return {
      figure: '',
      note: [`not in the newest run, last in run ${point.run.runId}`, ...suspect].join('; '),
    };
  }
  const { interval, leftOut } = point;
  const words = interval === undefined ? '' : formatChangeInterval(interval);
  return {
    figure: leftOut === undefined || words === '' ? words : `(${words})`,
    note: [...(leftOut === undefined ? [] : [`${leftOut} in the newest run`]), ...suspect].join('; '),
  };
}

/** Why a point is no part of the trend. */
export function leftOutWords({ leftOut, run }: Point): string {
  const partial = run.state === 'complete' ? [] : ['the run ended early'];
  const left = leftOut === undefined ? [] : [`${leftOut}: not in the trend`];
  return [...partial, ...left].join('; ');
}
